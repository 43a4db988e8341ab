"""From a pod's spec to a machine in which its container's programs run."""

from typing import TYPE_CHECKING

from kty.demo.life.behaviour import LAST_WORDS
from kty.demo.life.images import is_bare
from kty.demo.pods.apps import app_of, has_no_shell
from kty.demo.pods.environment import environment, expanded, hostname
from kty.demo.pods.files import FileTree
from kty.demo.pods.machine import Machine, Program
from kty.demo.pods.network import Network
from kty.demo.pods.programs.own import own
from kty.demo.pods.programs.table import PROGRAMS
from kty.demo.pods.trees import furnish
from kty.demo.pods.volumes import Volumes
from kty.kube.objects import Object
from kty.runtime.clock import Clock

if TYPE_CHECKING:
    from kty.demo.demo import Demo


def machine_of(demo: "Demo", pod: Object, spec: Object, *, clock: Clock, network: Network, volumes: Volumes) -> Machine:
    """Return a container in which nothing runs yet."""
    app = app_of(spec)
    machine = Machine(
        hostname=hostname(pod),
        files=FileTree(clock.now),
        clock=clock,
        env=environment(demo.registry, pod, spec),
        programs={} if has_no_shell(spec) else PROGRAMS,
        cwd=str(spec.get("workingDir") or "/"),
        network=network,
    )
    furnish(machine, app, pod, spec)
    for mount in spec.get("volumeMounts") or ():
        _mount(machine, mount, spec, volumes)
    if not machine.files.is_there(machine.cwd):
        machine.files.make_directory(machine.cwd, parents=True)
    return machine


def _mount(machine: Machine, mount: Object, spec: Object, volumes: Volumes) -> None:
    path, files = str(mount["mountPath"]).rstrip("/") or "/", machine.files
    directory = volumes.mounted(str(mount["name"]), spec)
    parent = path.rpartition("/")[0]
    if parent:
        files.make_directory(parent, parents=True)
    inner = str(mount.get("subPath") or "")
    if inner and inner in directory.listing():
        files.put(path, directory.listing()[inner])
    elif path != "/":
        files.put(path, directory)


def own_of(pod: Object, spec: Object) -> Program | None:
    """Return what stands for the programs that a container's image brings along; None for an image that has none."""
    is_first = pod["spec"]["containers"][0]["name"] == spec["name"]
    words = (pod["metadata"].get("annotations") or {}).get(LAST_WORDS, "") if is_first else ""
    return None if is_bare(spec) else own(words)


def command_of(spec: Object, env: dict[str, str]) -> list[str]:
    """Return what the container starts, as far as that is a program that we have; empty where it is not."""
    words = [expanded(str(word), env) for word in (*(spec.get("command") or ()), *(spec.get("args") or ()))]
    if not spec.get("command") and not is_bare(spec):
        return []
    words = words or ["sh"]
    return words if words[0].rpartition("/")[2] in PROGRAMS and not has_no_shell(spec) else []
