"""What runs in a container of which nothing but the image is known."""

import re
from dataclasses import dataclass
from typing import Final

from kty.demo.life.images import is_bare, name_of
from kty.kube.objects import Object

_DEBIAN: Final = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n'
_ALPINE: Final = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\nPRETTY_NAME="Alpine Linux v3.23"\n'


@dataclass(frozen=True)
class App:
    """A program that an image starts, as far as one can tell from outside."""

    style: str
    """How it logs: a name in `styles.json`."""
    processes: tuple[tuple[str, ...], ...] = ()
    """The command lines of the first process and its children; the first is the image's name where none is given."""
    os_release: str = _DEBIAN
    content: tuple[tuple[str, str], ...] = ()
    """Files by their paths."""

    def argvs(self, spec: Object) -> list[list[str]]:
        if command := [*(spec.get("command") or ()), *(spec.get("args") or ())]:
            return [[str(word) for word in command]]
        return [list(argv) for argv in self.processes] or [[f"/app/{name_of(spec)}"]]

    def files(self, spec: Object) -> dict[str, str]:
        name = name_of(spec)
        if is_bare(spec):
            return {}
        tag = str(spec.get("image", "")).rpartition(":")[2]
        return {
            "/app/VERSION": f"{name} {tag}\n",
            "/app/config.yaml": f"name: {name}\nlog:\n  level: info\nserver:\n  port: {_port(spec)}\n",
            "/app/README": f"This is what the image of {name} would bring along.\n",
        } | dict(self.content)


_NGINX: Final = App(
    "access",
    (("nginx: master process nginx -g daemon off;",), ("nginx: worker process",), ("nginx: worker process",)),
    content=(
        ("/etc/nginx/nginx.conf", "events {}\nhttp {\n  include conf.d/*.conf;\n}\n"),
        ("/usr/share/nginx/html/index.html", "<h1>Welcome to the shop</h1>\n"),
    ),
)
_POSTGRES: Final = App(
    "postgres",
    (("postgres",), ("postgres: checkpointer",), ("postgres: walwriter",), ("postgres: autovacuum launcher",)),
    content=(("/var/lib/postgresql/data/PG_VERSION", "18\n"),),
)
_APPS: Final = (
    (r"nginx|httpd|apache|caddy|traefik|envoy|haproxy|ingress|(?<!kube-)proxy|\bweb\b|frontend|gateway", _NGINX),
    (r"prometheus|grafana|alertmanager|loki|exporter|pushgateway", App("logfmt")),
    (r"kube-|coredns|etcd|metrics-server|controller|operator|provisioner|csi|scheduler", App("klog")),
    (r"postgres|mysql|mariadb|\bdb\b|database", _POSTGRES),
    (r"redis|valkey|memcached|cache", App("redis", (("redis-server *:6379",),), _ALPINE)),
    (r"kafka|java|spring|tomcat|jvm|orders?|elastic", App("java", (("java", "-jar", "/app/app.jar"),))),
    (r"python|django|flask|celery|worker|mail|report|import", App("python", (("python", "-m", "app"),))),
)
_ANY: Final = App("json", os_release=_ALPINE)


def app_of(spec: Object) -> App:
    """Return what runs in a container, by its image, and by its name where the image says nothing."""
    for text in (_repository(spec), str(spec.get("name", ""))):
        for shape, app in _APPS:
            if re.search(shape, text):
                return app
    return _ANY


def _repository(spec: Object) -> str:
    """Return the image's name with the folders before it, and without its registry."""
    first, slash, rest = re.split(r"@|:(?!.*/)", str(spec.get("image", "")))[0].partition("/")
    return rest if slash and re.search(r"[.:]|^localhost$", first) else first + slash + rest


def has_no_shell(spec: Object) -> bool:
    """Say whether the image brings nothing but its own program."""
    return "distroless" in str(spec.get("image", "")) or name_of(spec) in ("scratch", "pause")


def _port(spec: Object) -> int:
    ports = spec.get("ports") or ()
    return int(ports[0]["containerPort"]) if ports else 8080
