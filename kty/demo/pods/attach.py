"""pods/attach: see what the first process of a container says, and let it read what is typed."""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final

from kty.demo.pods import outcomes
from kty.demo.pods.containers import Container, Ended
from kty.demo.pods.first import FirstProcess
from kty.demo.pods.log_lines import Lines
from kty.demo.pods.outcomes import Outcome
from kty.demo.pods.websocket import Channels, ChannelSink
from kty.demo.racing import racing
from kty.runtime.clock import Clock

if TYPE_CHECKING:
    from kty.demo.pods.exec import Wanted

_STREAMS: Final = {"stdout": 1, "stderr": 2}


async def watching(channels: Channels, container: Container, lines: Lines, clock: Clock) -> Outcome | None:
    """Show the lines that come from now on, until the container ends; None when the client leaves before."""

    async def show() -> None:
        since = clock.now()
        async with aclosing(lines.read(since=await lines.tail(0, since), until=float("inf"))) as coming:
            async for line in coming:
                if line.at >= since:
                    await channels.send(_STREAMS[line.stream], line.data)

    return await _until_either(container, show(), _ignored(channels))


async def talking(channels: Channels, container: Container, first: FirstProcess, wanted: "Wanted") -> Outcome | None:
    """Join the client and the first process; None when the client leaves before it ends."""
    stdout = ChannelSink(channels, 1, wanted=wanted.stdout)
    stderr = ChannelSink(channels, 2, wanted=wanted.stderr)
    first.stdout.watchers.append(stdout)
    first.stderr.watchers.append(stderr)
    try:
        return await _until_either(container, _over(first), _feed(channels, first, wanted))
    finally:
        for shown, sink in ((first.stdout, stdout), (first.stderr, stderr)):
            if sink in shown.watchers:
                shown.watchers.remove(sink)


async def _over(first: FirstProcess) -> None:
    await asyncio.wait({first.task})


async def _feed(channels: Channels, first: FirstProcess, wanted: "Wanted") -> bool:
    """Give the process what the client sends; return whether the client closed its input, False when it left."""
    async for message in channels.messages():
        if message.channel == 4 and message.data and first.terminal is not None:
            first.terminal.take_size(message.data)
        if message.channel != 0 or not wanted.stdin or not first.can_be_talked_to:
            continue
        if message.data is None:
            if first.stdin is not None:
                await first.stdin.idle()  # what was sent last is to be dealt with before the session is over
            return True
        if first.terminal is not None:
            await first.terminal.feed(message.data)
        elif first.stdin is not None:
            with suppress(BrokenPipeError):
                await first.stdin.write(message.data)
    return False


async def _ignored(channels: Channels) -> bool:
    async for _ in channels.messages():
        pass
    return False


async def _until_either(
    container: Container, showing: Coroutine[Any, Any, None], feeding: Coroutine[Any, Any, bool]
) -> Outcome | None:
    async with racing(container.within(showing), feeding) as (shown, fed):
        if shown.done():
            with suppress(Ended):
                shown.result()
            return outcomes.exited(0, [])
        return outcomes.exited(0, []) if fed.result() else None
