"""Open a shell in a pod, and put your terminal at its disposal: every key goes there, Ctrl-C too.

python examples/pod_shell.py POD [COMMAND ...]
"""

import argparse
import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kty.errors import Unreachable
from kty.kube import Client, infer
from kty.kube.streams.exec import Input, execute

STDIN, STDOUT = 0, 1


@contextmanager
def raw(terminal: int) -> Iterator[None]:
    """Let the terminal hand on every key as it is."""
    before = termios.tcgetattr(terminal)
    tty.setraw(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


async def send_keys(shell: Input) -> None:
    loop, keys = asyncio.get_running_loop(), asyncio.Queue[bytes]()
    loop.add_reader(STDIN, lambda: keys.put_nowait(os.read(STDIN, 1024)))
    with suppress(Unreachable):  # it has ended: how, others are told
        while typed := await keys.get():
            await shell.write(typed)


async def main(pod: str, command: list[str]) -> int:
    async with (
        Client(infer()) as client,
        execute(client, client.config.default_namespace, pod, command or ["sh"], stdin=True, tty=True) as shell,
    ):
        with raw(STDIN):
            typing = asyncio.create_task(send_keys(shell.stdin))
            async for chunk in shell.stdout:
                os.write(STDOUT, chunk)
            typing.cancel()
        return (await shell.wait()).code


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    with suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main(**vars(parser.parse_args()))))
