"""What goes on inside the pods: made when somebody looks into one, forgotten when it is gone."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from kty.demo.journal import Change
from kty.demo.pods.apps import app_of
from kty.demo.pods.building import command_of, machine_of, own_of
from kty.demo.pods.files import Folder
from kty.demo.pods.first import FirstProcess
from kty.demo.pods.machine import Machine
from kty.demo.pods.network import Network, Server
from kty.demo.pods.pages import page_of
from kty.demo.pods.past import PastClock
from kty.demo.pods.runs import Run, running, spec, specs
from kty.demo.pods.streams import Reader, Sink
from kty.demo.pods.volumes import Volumes
from kty.demo.racing import racing
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.demo import Demo

T = TypeVar("T")


class Ended(Exception):
    """The container in which something ran is gone."""


@dataclass(eq=False)
class Container:
    """One run of a container: its file tree, its processes, and who is in it."""

    name: str
    run: Run
    machine: Machine
    first: FirstProcess | None
    """None where only the style of what runs is known."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def within(self, work: Awaitable[T]) -> T:
        """Do something as long as the container runs. Raises Ended when it ends before."""
        task: asyncio.Future[T]
        async with racing(work, self.ended.wait()) as (task, _):
            if not task.done():
                raise Ended
            return task.result()

    def serving(self, server: Server) -> Server:
        """Return a server that hangs up when the container ends."""

        async def serve(reader: Reader, sink: Sink) -> None:
            with suppress(Ended):
                await self.within(server(reader, sink))

        return serve

    def end(self) -> None:
        self.ended.set()
        self.machine.network.leave(self.machine)
        if self.first is not None:
            self.first.kill()
        for process in tuple(self.machine.processes.values()):
            if process.task is not None and process.root is self.machine.files.root:
                process.task.cancel()


@dataclass(eq=False)
class Pod:
    """The containers of one pod that somebody looked into, and what they share."""

    uid: str
    network: Network
    volumes: Volumes
    containers: dict[str, Container] = field(default_factory=dict)


class Containers:
    """Those of one demo."""

    def __init__(self, demo: "Demo") -> None:
        self._demo = demo
        self._pods: dict[tuple[str, str], Pod] = {}
        self._claims: dict[tuple[str, str], Folder] = {}
        demo.registry.on_change(self._changed)

    def container(self, pod: Object, name: str) -> Container | None:
        """Return a container that runs; None where it does not."""
        run = running(pod, name)
        if run is None:
            return None
        inside = self._pod(pod)
        known = inside.containers.get(name)
        if known is not None and known.run.id == run.id and known.run.started == run.started:
            return known
        if known is not None:
            known.end()
        made = self._made(pod, spec(pod, name), run, inside)
        inside.containers[name] = made
        return made

    async def listening(self, pod: Object, port: int) -> Server:
        """Return what answers at a port of a pod. Raises ConnectionRefusedError."""
        inside = self._pod(pod)
        for one in specs(pod):
            container = self.container(pod, one["name"])
            if container is not None and container.first is not None:
                await container.first.caught_up()
        if listener := inside.network.ports.get(port):
            owner = next(one for one in inside.containers.values() if one.machine is listener.owner)
            return owner.serving(listener.server)
        for one in specs(pod):
            container = self.container(pod, one["name"])
            ports = [declared.get("containerPort") for declared in one.get("ports") or ()]
            if container is not None and container.first is None and port in ports:
                return container.serving(page_of(self._demo.clock, pod, one["name"]))
        raise ConnectionRefusedError

    def scratch(self, pod: Object) -> Volumes:
        """Return volumes in which nothing is yet: for working out what a command did, without doing it again."""
        return Volumes(self._demo, pod, lambda _: Folder(mode=0o777))

    def _pod(self, pod: Object) -> Pod:
        meta = pod["metadata"]
        key = meta["namespace"], meta["name"]
        known = self._pods.get(key)
        if known is not None and known.uid == meta["uid"]:
            return known
        network = Network((pod.get("status") or {}).get("podIP") or "")
        network.find = lambda host, port: self._find(meta["namespace"], host, port)
        volumes = Volumes(self._demo, pod, lambda claim: self._claim(meta["namespace"], claim))
        made = Pod(meta["uid"], network, volumes)
        self._pods[key] = made
        return made

    def _claim(self, namespace: str, name: str) -> Folder:
        return self._claims.setdefault((namespace, name), Folder(mode=0o777, changed=self._demo.clock.now()))

    def _made(self, pod: Object, one: Object, run: Run, inside: Pod) -> Container:
        clock = PastClock(self._demo.clock, run.started)
        machine = machine_of(self._demo, pod, one, clock=clock, network=inside.network, volumes=inside.volumes)
        target = inside.containers.get(one.get("targetContainerName", ""))
        if one.get("targetContainerName") and target is None:
            target = self.container(pod, one["targetContainerName"])
        if target is not None:  # they see each other's processes
            machine.processes = target.machine.processes
        argv = command_of(one, machine.env)
        first = None

        def exited(code: int) -> None:
            self._demo.life.exited(pod, one["name"], code)

        if argv:
            talks = {"stdin": bool(one.get("stdin")), "tty": bool(one.get("tty"))}
            first = FirstProcess(machine, argv, **talks, exited=exited, own=own_of(pod, one))
        else:
            for number, line in enumerate(app_of(one).argvs(one)):
                machine.enter(line, parent=min(number, 1))
            machine.stop = lambda: exited(0)
            clock.arrive()
        return Container(one["name"], run, machine, first)

    def _changed(self, change: Change) -> None:
        if change.kind != "pods" or (change.namespace, change.name) not in self._pods:
            return
        inside = self._pods[change.namespace, change.name]
        pod = None if change.type == "DELETED" else self._demo.registry.find("pods", change.namespace, change.name)
        if pod is None or pod["metadata"]["uid"] != inside.uid:
            del self._pods[change.namespace, change.name]
            for container in inside.containers.values():
                container.end()
            return
        for name, container in tuple(inside.containers.items()):
            run = running(pod, name)
            if run is None or run.id != container.run.id:
                del inside.containers[name]
                container.end()

    def _find(self, namespace: str, host: str, port: int) -> Server:
        """Return what answers at a name or an address of the cluster. Raises LookupError, ConnectionRefusedError."""
        from kty.demo.pods.lookup import backend

        pod, port = backend(self._demo.registry, namespace, host, port)
        answering = asyncio.ensure_future(self.listening(pod, port))

        async def serve(reader: Reader, sink: Sink) -> None:
            try:
                server = await answering
            except ConnectionRefusedError:
                return  # whoever asks sees the connection closed
            await server(reader, sink)

        return serve


_OF: "WeakKeyDictionary[Demo, Containers]" = WeakKeyDictionary()


def containers_of(demo: "Demo") -> Containers:
    """Return what goes on inside the pods of a demo, from the first time that somebody asks."""
    if demo not in _OF:
        _OF[demo] = Containers(demo)
    return _OF[demo]
