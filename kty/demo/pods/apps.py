"""What runs in a container of which nothing but the image is known."""

import re
from dataclasses import dataclass
from typing import Final

from kty.demo.pods.log_styles import access, java, klog, lines_of_json, logfmt, postgres, python, redis
from kty.demo.pods.log_styles.style import Style
from kty.kube.objects import Object

_DEBIAN: Final = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n'
_ALPINE: Final = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\nPRETTY_NAME="Alpine Linux v3.23"\n'
_BARE: Final = frozenset({"busybox", "alpine", "debian", "ubuntu", "bash", "centos", "fedora"})
"""Images that start a shell when nothing else is asked of them."""


@dataclass(frozen=True)
class App:
    """A program that an image starts, as far as one can tell from outside."""

    style: Style
    """How it logs."""
    processes: tuple[tuple[str, ...], ...] = ()
    """The command lines of the first process and its children; the first is the image's name where none is given."""
    os_release: str = _DEBIAN
    content: tuple[tuple[str, str], ...] = ()
    """Files by their paths."""

    def argvs(self, spec: Object) -> list[list[str]]:
        if command := [*(spec.get("command") or ()), *(spec.get("args") or ())]:
            return [[str(word) for word in command]]
        return [list(argv) for argv in self.processes] or [[f"/app/{image_name(spec)}"]]

    def files(self, spec: Object) -> dict[str, str]:
        name = image_name(spec)
        if is_bare(spec):
            return {}
        tag = str(spec.get("image", "")).rpartition(":")[2]
        return {
            "/app/VERSION": f"{name} {tag}\n",
            "/app/config.yaml": f"name: {name}\nlog:\n  level: info\nserver:\n  port: {_port(spec)}\n",
            "/app/README": f"This is what the image of {name} would bring along.\n",
        } | dict(self.content)


_NGINX: Final = App(
    access.STYLE,
    (("nginx: master process nginx -g daemon off;",), ("nginx: worker process",), ("nginx: worker process",)),
    content=(
        ("/etc/nginx/nginx.conf", "events {}\nhttp {\n  include conf.d/*.conf;\n}\n"),
        ("/usr/share/nginx/html/index.html", "<h1>Welcome to the shop</h1>\n"),
    ),
)
_POSTGRES: Final = App(
    postgres.STYLE,
    (("postgres",), ("postgres: checkpointer",), ("postgres: walwriter",), ("postgres: autovacuum launcher",)),
    content=(("/var/lib/postgresql/data/PG_VERSION", "18\n"),),
)
_APPS: Final = (
    (r"nginx|httpd|apache|caddy|traefik|envoy|haproxy|ingress|(?<!kube-)proxy|\bweb\b|frontend|gateway", _NGINX),
    (r"prometheus|grafana|alertmanager|loki|exporter|pushgateway", App(logfmt.STYLE)),
    (r"kube-|coredns|etcd|metrics-server|controller|operator|provisioner|csi|scheduler", App(klog.STYLE)),
    (r"postgres|mysql|mariadb|\bdb\b|database", _POSTGRES),
    (r"redis|valkey|memcached|cache", App(redis.STYLE, (("redis-server *:6379",),), _ALPINE)),
    (r"kafka|java|spring|tomcat|jvm|orders?|elastic", App(java.STYLE, (("java", "-jar", "/app/app.jar"),))),
    (r"python|django|flask|celery|worker|mail|report|import", App(python.STYLE, (("python", "-m", "app"),))),
)
_ANY: Final = App(lines_of_json.STYLE, os_release=_ALPINE)


def app_of(spec: Object) -> App:
    """Return what runs in a container, by its image, and by its name where the image says nothing."""
    for text in (_repository(spec), str(spec.get("name", ""))):
        for shape, app in _APPS:
            if re.search(shape, text):
                return app
    return _ANY


def image_name(spec: Object) -> str:
    return re.split(r"[:@]", str(spec.get("image", "")).rpartition("/")[2])[0]


def _repository(spec: Object) -> str:
    """Return the image's name with the folders before it, and without its registry."""
    first, slash, rest = re.split(r"@|:(?!.*/)", str(spec.get("image", "")))[0].partition("/")
    return rest if slash and re.search(r"[.:]|^localhost$", first) else first + slash + rest


def is_bare(spec: Object) -> bool:
    return image_name(spec) in _BARE


def has_no_shell(spec: Object) -> bool:
    """Say whether the image brings nothing but its own program."""
    return "distroless" in str(spec.get("image", "")) or image_name(spec) in ("scratch", "pause")


def _port(spec: Object) -> int:
    ports = spec.get("ports") or ()
    return int(ports[0]["containerPort"]) if ports else 8080
