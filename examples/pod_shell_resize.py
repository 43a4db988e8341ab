"""Let the terminal of a command in a pod always be as large as yours: change the window, and see.

python examples/pod_shell_resize.py POD
"""

import argparse
import asyncio
import os
import signal
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.exec import Process, execute
from kty.text import decode

WATCH = "while true; do stty size; sleep 0.2; done"


async def follow_size(process: Process) -> None:
    """Tell the size of our terminal, now and whenever it changes."""
    changed = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, changed.set)
    while True:
        changed.clear()
        columns, rows = os.get_terminal_size()
        await process.resize(columns, rows)
        await changed.wait()


async def main(pod: str) -> None:
    async with (
        Client(infer()) as client,
        execute(client, client.config.default_namespace, pod, ["sh", "-c", WATCH], tty=True) as process,
    ):
        following = asyncio.create_task(follow_size(process))
        seen = b""
        async for size in process.stdout.lines():
            if size != seen:
                seen = size
                print("rows and columns there:", decode(size.strip()))
        following.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
