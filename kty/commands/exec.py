"""`kty exec`: a program in a container, with this end's streams and terminal."""

import argparse
import asyncio
from contextlib import suppress

from kty.commands.exec_place import Place, place_of
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.target import Target
from kty.errors import ClusterError, Forbidden, KtyError, NotFound, Unreachable
from kty.kube.api import Api
from kty.kube.debugging import default_container
from kty.kube.kinds import Pod
from kty.kube.streams.exec import Process, execute
from kty.runtime.shells import shell_command


async def execute_there(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Run the program and return its exit status. Raises KtyError where it cannot be started, or breaks off."""
    if target.readonly:
        raise KtyError("kty was started read-only: it runs no programs")
    speaker = Speaker(streams)
    where = await place_of(given, target)
    has_terminal = given.tty and streams.writes_terminal and streams.reads_terminal
    if given.tty and not has_terminal:
        await speaker.say("this is no terminal at both ends, so the program gets none")
    command = given.program or shell_command(streams.term)
    async with execute(
        target.client,
        where.namespace,
        where.pod,
        command,
        container=where.container
        or await _container(where, target, is_guess=given.namespace is None and "/" in given.pod),
        stdin=given.stdin or has_terminal,
        stderr=not has_terminal,
        tty=has_terminal,
    ) as process:
        if not has_terminal:
            return await _attend(process, speaker, has_input=given.stdin)
        await process.resize(*streams.size)
        with streams.raw():
            return await _attend(process, speaker, has_input=True, has_terminal=True)


async def _container(where: Place, target: Target, *, is_guess: bool) -> str:
    """Return the pod's default container; who may not look at the pod leaves the choice to the server."""
    try:
        return default_container(await Api.of(target.client, Pod, where.namespace).get(where.pod))
    except Forbidden:
        return ""
    except NotFound as error:
        hint = f"{where.namespace} is taken for the namespace; -n names another" if is_guess else ""
        raise NotFound(str(error), code=404, reason=error.reason, hint=hint) from error


async def _attend(process: Process, speaker: Speaker, *, has_input: bool, has_terminal: bool = False) -> int:
    """Carry bytes both ways until the program ends and all that it printed was written."""
    streams = speaker.streams
    helping = [asyncio.create_task(_type(process, speaker))] if has_input else []
    if has_terminal:
        helping.append(asyncio.create_task(_resize(process, streams)))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_print(process, streams))
            if not has_terminal:
                group.create_task(_complain(process, streams))
            ending = group.create_task(process.wait())
        return ending.result().code
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        for task in helping:
            task.cancel()
        await asyncio.gather(*helping, return_exceptions=True)


async def _print(process: Process, streams: Streams) -> None:
    while chunk := await process.stdout.read():
        await streams.write(chunk)


async def _complain(process: Process, streams: Streams) -> None:
    while chunk := await process.stderr.read():
        await streams.complain(chunk)


async def _resize(process: Process, streams: Streams) -> None:
    with suppress(Unreachable):
        while True:
            await process.resize(*await streams.resized())


async def _type(process: Process, speaker: Speaker) -> None:
    try:
        while chunk := await speaker.streams.read():
            await process.stdin.write(chunk)
        await process.stdin.end()
    except Unreachable:
        pass  # whoever waits for the program hears of it, after all that came before
    except ClusterError as error:
        await speaker.say(error.sentence())
