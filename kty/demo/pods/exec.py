"""pods/exec and pods/attach: programs in a container, and its first process, over a WebSocket."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from kty.demo.call import Call
from kty.demo.pods import attach, outcomes
from kty.demo.pods.containers import Container, Ended, containers_of
from kty.demo.pods.log_sources import lines_of
from kty.demo.pods.machine import NotExecutable, Process, Program, program, run
from kty.demo.pods.outcomes import Outcome
from kty.demo.pods.permission import refuse_reader
from kty.demo.pods.runs import chosen, node_of
from kty.demo.pods.streams import Null, Pipe, Reader
from kty.demo.pods.terminal import Terminal
from kty.demo.pods.websocket import Channels, ChannelSink, is_upgrade, refused_upgrade
from kty.demo.pods.websocket import chosen as chosen_protocol
from kty.demo.racing import racing
from kty.demo.routes import is_true
from kty.demo.statuses import bad_request, method_not_allowed
from kty.kube.objects import Object

STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2
ERROR: Final = 3
RESIZE: Final = 4
V5: Final = "v5.channel.k8s.io"
SERVED: Final = (V5, "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which streams the client asks for."""

    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wanted":
        stdin, stdout, stderr, tty = (is_true(query.get(name)) for name in ("stdin", "stdout", "stderr", "tty"))
        return cls(stdin, stdout, stderr and not tty, tty)

    @property
    def is_nothing(self) -> bool:
        return not (self.stdin or self.stdout or self.stderr)


async def answer(call: Call) -> web.StreamResponse:
    if call.verb not in ("get", "create"):
        raise method_not_allowed()
    refuse_reader(call)
    pod = call.demo.registry.get("pods", call.namespace, call.name)
    name = chosen(pod, call.query.get("container", ""))
    node_of(pod)
    if not is_upgrade(call.request):
        raise bad_request("Upgrade request required")
    wanted = Wanted.read(call.query)
    if wanted.is_nothing:
        return web.Response(status=400, text="you must specify at least 1 of stdin, stdout, stderr")
    container = containers_of(call.demo).container(pod, name)
    is_exec = call.subresource == "exec"
    if container is None:
        whole = f"container {name} not found in pod {call.name}_{call.namespace}"
        return web.Response(status=500, text=f'container not found ("{name}")' if is_exec else whole)
    protocol = chosen_protocol(call.request, SERVED, preferred=V5)
    if protocol is None:
        return refused_upgrade()
    channels = Channels(call.request, protocol)
    response = await channels.open()
    with suppress(BrokenPipeError):  # the client has left: there is nobody to tell
        await channels.send(STDOUT if wanted.stdout else STDERR if wanted.stderr else ERROR, b"")
        if container.first is not None:
            await container.first.caught_up()
        if is_exec:
            outcome = await _executed(call, channels, container, wanted)
        else:
            outcome = await _attached(call, channels, container, wanted, pod)
        if outcome is not None:
            if shown := outcomes.shown(outcome, protocol):
                await channels.send(ERROR, shown)
            await channels.close()
    return response


async def _executed(call: Call, channels: Channels, container: Container, wanted: Wanted) -> Outcome | None:
    """Run a program and return how it ended; None when the client left before."""
    argv = call.request.query.getall("command", [])
    machine = container.machine
    if not argv:
        return outcomes.not_started("exec failed: args must not be empty")
    try:
        start = program(machine, argv[0], machine.env, machine.cwd)
    except NotExecutable as fault:
        return outcomes.not_started(_why_not(machine_has=machine.files.is_there(argv[0]), name=argv[0], fault=fault))
    stdout = ChannelSink(channels, STDOUT, wanted=wanted.stdout)
    stderr = ChannelSink(channels, STDERR, wanted=wanted.stderr)
    terminal = Terminal(stdout) if wanted.tty else None
    typed = Pipe() if wanted.stdin and terminal is None else None
    env = dict(machine.env) | ({"TERM": "xterm"} if terminal else {})
    source = terminal or typed or Null()
    process = Process(
        machine, argv, env, machine.cwd, Reader(source), terminal or stdout, terminal or stderr, terminal, number=0
    )
    return await _session(channels, container, process, start, typed)


async def _session(
    channels: Channels, container: Container, process: Process, start: Program, typed: Pipe | None
) -> Outcome | None:
    interrupted = asyncio.Event()
    if process.terminal is not None:
        process.terminal.interrupt = interrupted.set
    feeding = _feed(channels, typed, process.terminal)
    try:
        async with racing(container.within(run(process, start)), feeding, interrupted.wait()) as (running, _, stopping):
            if running.done():
                return outcomes.exited(running.result(), process.argv)
            return outcomes.exited(130, process.argv) if stopping.done() else None
    except Ended:
        return outcomes.exited(128 + 9, process.argv)
    finally:
        if typed is not None:
            typed.drop()


async def _feed(channels: Channels, typed: Pipe | None, terminal: Terminal | None) -> None:
    """Give the program what the client sends, until the client is gone."""
    async for message in channels.messages():
        match message.channel:
            case 0 if message.data is None:
                if terminal is not None:
                    terminal.hang_up()
                elif typed is not None:
                    typed.end()
            case 0 if terminal is not None:
                await terminal.feed(message.data or b"")
            case 0 if typed is not None:
                with suppress(BrokenPipeError):  # the program reads no more: the rest is lost, as in a shell
                    await typed.write(message.data or b"")
            case 4 if terminal is not None and message.data:
                terminal.take_size(message.data)


def _why_not(*, machine_has: bool, name: str, fault: NotExecutable) -> str:
    if "/" not in name:
        why = "executable file not found in $PATH"
    elif machine_has or fault.code == 126:
        why = "permission denied"
    else:
        why = f"stat {name}: no such file or directory"
    return f'exec failed: unable to start container process: exec: "{name}": {why}'


async def _attached(
    call: Call, channels: Channels, container: Container, wanted: Wanted, pod: Object
) -> Outcome | None:
    """Show what the first process says, and let it read what the client sends."""
    if container.first is None:
        lines = lines_of(call.demo, pod, container.name, container.run)
        return await attach.watching(channels, container, lines, call.demo.clock)
    return await attach.talking(channels, container, container.first, wanted)
