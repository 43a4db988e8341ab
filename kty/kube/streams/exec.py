"""Run commands in containers, and join what runs there: pods/exec and pods/attach over a websocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from kty.errors import ClusterError, Unreachable
from kty.kube.client import Client
from kty.kube.streams.channels import V4, V5, Channels
from kty.kube.streams.lines import Lines
from kty.kube.streams.outcome import Exit, outcome
from kty.kube.streams.pods import path_of

STDIN, STDOUT, STDERR, STATUS, RESIZE = range(5)
"""The channels (k8s.io/apimachinery, pkg/util/remotecommand)."""
CHUNK = 1 << 16
AHEAD = 1 << 18
"""Bytes that a terminal may be behind in the system's buffers, which else take megabytes: what ctrl-c ends is printed
for as long as these take. Fewer than some of loopback's packets of 64 KiB would make the server wait."""


class Output:
    """What a container prints on one of its streams: bytes, as they come.

    The container waits while nobody reads. Raises Unreachable where the stream broke off.
    """

    def __init__(self, channels: Channels, number: int) -> None:
        self._channels = channels
        self._number = number

    async def read(self, most: int = CHUNK) -> bytes:
        """Return up to `most` bytes as soon as there are some; none at the end."""
        return await self._channels.read(self._number, most)

    async def rest(self) -> bytes:
        """Return all that is still to come."""
        return b"".join([chunk async for chunk in self])

    def lines(self) -> Lines:
        """Return what is still to come as lines of any length, without their newlines."""
        return Lines(self.read)

    def drop(self) -> None:
        """Read and forget: nothing that comes here holds up the other stream."""
        self._channels.drop(self._number)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self.read():
            yield chunk


class Input:
    """What a container reads as its standard input."""

    def __init__(self, channels: Channels, *, is_open: bool) -> None:
        self._channels = channels
        self._is_open = is_open

    async def write(self, data: bytes) -> None:
        """Send bytes; return once they are on their way, which may be when the container reads.

        Raises Unreachable where the stream is over, and ValueError where no input was asked for or it has ended.
        """
        if not self._is_open:
            raise ValueError("this input is not open")
        await self._channels.write(STDIN, data)

    async def end(self) -> None:
        """Say that nothing more will come, as Ctrl-D does; the outputs stay open.

        Raises ClusterError where the server speaks v4.channel.k8s.io only, which has no word for it.
        """
        if self._is_open:
            self.must_end()
            self._is_open = False
            await self._channels.end(STDIN)

    def must_end(self) -> None:
        """Raise ClusterError where `end` would."""
        if self._channels.socket.protocol != V5:
            raise ClusterError(
                f"this API server speaks {V4} only, which cannot end a command's input",
                hint="let the command know otherwise how much to read",
            )


class Process:
    """A command that runs in a container, or what was running there already.

    Read every output that was asked for, or `drop` it: one that is full holds up the other and `wait`. A command that
    ends while much of its input is unread may never be reported (containerd; `kubectl exec -i` hangs with it): let one
    that may stop early be followed by `cat >/dev/null`, or bound `wait` by a time.
    """

    def __init__(self, channels: Channels, *, stdin: bool) -> None:
        self._channels = channels
        self._exit: Exit | None = None
        self._waiting = asyncio.Lock()
        self.stdin = Input(channels, is_open=stdin)
        self.stdout = Output(channels, STDOUT)
        self.stderr = Output(channels, STDERR)

    @property
    def protocol(self) -> str:
        """The subprotocol that is spoken: `v5.channel.k8s.io` or `v4.channel.k8s.io`."""
        return self._channels.socket.protocol

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the terminal's size. Raises Unreachable where the stream is over."""
        await self._channels.write(RESIZE, json.dumps({"Width": columns, "Height": rows}).encode())

    async def wait(self) -> Exit:
        """Return how it ended. Raises a StatusError where it could not be started, and Unreachable where it broke off.

        May be called several times, and while others read the outputs.
        """
        async with self._waiting:
            if self._exit is None:
                self._exit = outcome(await self._status())
            return self._exit

    async def _status(self) -> bytes:
        """Return what came on the status channel, whole."""
        told = bytearray()
        while chunk := await self._channels.read(STATUS, CHUNK):
            told += chunk
        return bytes(told)


@asynccontextmanager
async def execute(
    client: Client,
    namespace: str,
    pod: str,
    command: Sequence[str],
    *,
    container: str = "",
    stdin: bool = False,
    stdout: bool = True,
    stderr: bool = True,
    tty: bool = False,
) -> AsyncIterator[Process]:
    """Run a command, word by word and through no shell, in a container: the pod's only one where none is named.

    With a terminal (`tty`) both outputs come on stdout. Leaving the context ends the stream; whether the command ends
    with it is the container runtime's choice. Raises what `Client.websocket` raises.
    """
    streams = _streams(stdin=stdin, stdout=stdout, stderr=stderr, tty=tty)
    query = [*streams, *[("command", word) for word in command]]
    async with _opened(client, path_of(namespace, pod, "exec"), query, container, stdin=stdin, tty=tty) as process:
        yield process


@asynccontextmanager
async def attach(
    client: Client,
    namespace: str,
    pod: str,
    *,
    container: str = "",
    stdin: bool = False,
    stdout: bool = True,
    stderr: bool = True,
    tty: bool = False,
) -> AsyncIterator[Process]:
    """Join a container's own process; its spec must have `stdin` and `tty` where they are asked for here.

    What it printed before is not repeated. Raises what `Client.websocket` raises.
    """
    query = _streams(stdin=stdin, stdout=stdout, stderr=stderr, tty=tty)
    async with _opened(client, path_of(namespace, pod, "attach"), query, container, stdin=stdin, tty=tty) as process:
        yield process


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended, and what it printed."""

    exit: Exit
    stdout: bytes
    stderr: bytes


async def run(
    client: Client, namespace: str, pod: str, command: Sequence[str], *, container: str = "", stdin: bytes | None = None
) -> Finished:
    """Run a command to its end, and return what it printed. Raises what `execute` and `Process.wait` raise."""
    has_input = stdin is not None
    async with execute(client, namespace, pod, command, container=container, stdin=has_input) as process:
        if has_input:
            process.stdin.must_end()
        helping = [asyncio.ensure_future(process.stderr.rest()), asyncio.ensure_future(_feed(process, stdin))]
        try:
            out = await process.stdout.rest()
            ended = await process.wait()
            err = await helping[0]
        finally:
            for task in helping:
                task.cancel()
            await asyncio.gather(*helping, return_exceptions=True)
    return Finished(ended, out, err or b"")


async def _feed(process: Process, data: bytes | None) -> None:
    if data is not None:
        with suppress(Unreachable):  # it ended without reading everything: how it ended says more
            await process.stdin.write(data)
            await process.stdin.end()


def _streams(*, stdin: bool, stdout: bool, stderr: bool, tty: bool) -> list[tuple[str, str]]:
    asked = {"stdin": stdin, "stdout": stdout, "stderr": stderr and not tty, "tty": tty}
    return [(name, "true") for name, wanted in asked.items() if wanted]


@asynccontextmanager
async def _opened(
    client: Client, path: str, query: Sequence[tuple[str, str]], container: str, *, stdin: bool, tty: bool
) -> AsyncIterator[Process]:
    if container:
        query = [*query, ("container", container)]
    async with client.websocket(path, query=query, protocols=(V5, V4)) as socket:
        if tty:
            socket.hold_back(AHEAD)
        yield Process(Channels(socket, (STDOUT, STDERR, STATUS), last=STATUS), stdin=stdin)
