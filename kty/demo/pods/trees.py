"""What is in a container's file tree when it starts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kty.demo.pods.files import Device, Link, Made, Mounted, Node
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.pods.apps import App
    from kty.demo.pods.machine import Machine, Running

_FOLDERS: Final = ("/bin", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/tmp", "/usr/bin", "/var/log")  # noqa: S108 - the container's own
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr")


def furnish(machine: "Machine", app: "App", pod: Object, spec: Object) -> None:
    """Fill a new file tree: what every image has, what this one has, and /proc."""
    files = machine.files
    for path in _FOLDERS:
        files.make_directory(path, parents=True)
    files.find("/tmp").mode = 0o1777  # noqa: S108 - the container's own
    files.put("/usr/bin/env", Link("/bin/env"))
    for name in sorted(machine.programs):
        files.put(f"/bin/{name}", _program())
    for name in _DEVICES:
        files.put(f"/dev/{name}", Device(name))
    address = machine.network.address or "127.0.0.1"
    namespace = pod["metadata"]["namespace"]
    texts = {
        "/etc/hostname": f"{machine.hostname}\n",
        "/etc/hosts": "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n"
        f"{address}\t{machine.hostname}\n",
        "/etc/resolv.conf": f"search {namespace}.svc.cluster.local svc.cluster.local cluster.local\n"
        "nameserver 10.96.0.10\noptions ndots:5\n",
        "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        "/etc/group": "root:x:0:\nnobody:x:65534:\n",
        "/etc/os-release": app.os_release,
    }
    for path, content in (texts | app.files(spec)).items():
        files.write(path, content.encode(), parents=True)
    _proc(machine)


def _program() -> Made:
    """Return what stands for a program: as long as one, and nothing to read for a person."""
    return Made(lambda: b"\x7fELF\x02\x01\x01" + bytes(1017), mode=0o755)


def _proc(machine: "Machine") -> None:
    now = machine.clock.now
    born = now()

    def processes() -> dict[str, Node]:
        entries: dict[str, Node] = {
            str(number): Mounted(lambda running=running: _of_process(running))  # type: ignore[misc] # its own
            for number, running in machine.processes.items()
        }
        made: dict[str, Callable[[], str]] = {
            "uptime": lambda: f"{now() - born:.2f} {(now() - born) * 3.7:.2f}\n",
            "loadavg": lambda: f"0.31 0.27 0.22 1/{200 + len(machine.processes)} {max(machine.processes, default=1)}\n",
            "version": lambda: f"Linux version {machine.kernel} (kty demo) #1 SMP\n",
            "meminfo": lambda: (
                "MemTotal:        8000000 kB\nMemFree:         4012344 kB\nMemAvailable:    5399116 kB\n"
            ),
            "cpuinfo": lambda: "\n".join(
                [f"processor\t: {number}\nmodel name\t: kty demo CPU\n" for number in range(4)]
            ),
            "mounts": lambda: "overlay / overlay rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec 0 0\n",
            "filesystems": lambda: "nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n",
        }
        entries |= {name: Made(lambda text=text: text().encode(), changed=born) for name, text in made.items()}  # type: ignore[misc] # its own
        return entries

    machine.files.put("/proc", Mounted(processes, changed=born))


def _of_process(running: "Running") -> dict[str, Node]:
    argv = running.argv
    entries: dict[str, Node] = {
        "cmdline": Made(lambda: "\0".join([*argv, ""]).encode()),
        "comm": Made(f"{argv[0].rpartition('/')[2][:15]}\n".encode),
    }
    if running.root is not None:  # how a container for debugging looks into the one that it is there for
        entries["root"] = running.root
    return entries
