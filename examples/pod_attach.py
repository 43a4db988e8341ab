"""Talk to what a container runs, line by line: what you type goes in, what it prints comes out. Ctrl-D ends it.

The container must have `stdin: true`. What it runs goes on when we leave.

python examples/pod_attach.py POD
"""

import argparse
import asyncio
import os
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.exec import Input, Output, attach
from kty.text import decode


async def send(stdin: Input) -> None:
    loop, typed = asyncio.get_running_loop(), asyncio.Queue[bytes]()
    loop.add_reader(0, lambda: typed.put_nowait(os.read(0, 65_536)))
    while some := await typed.get():
        await stdin.write(some)
    loop.remove_reader(0)
    await stdin.end()


async def show(output: Output, name: str) -> None:
    async for line in output.lines():
        print(f"{name}: {decode(line)}")


async def main(pod: str) -> None:
    async with (
        Client(infer()) as client,
        attach(client, client.config.default_namespace, pod, stdin=True) as process,
        asyncio.TaskGroup() as group,
    ):
        sending = group.create_task(send(process.stdin))
        group.create_task(show(process.stderr, "stderr"))
        await show(process.stdout, "stdout")
        sending.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
