"""Run commands in a pod: one to its end, one that reads what it is sent, and one whose output comes as it is made.

python examples/pod_exec.py POD
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.exec import execute, run
from kty.text import decode


async def main(pod: str) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace

        listed = await run(client, namespace, pod, ["ls", "/"])
        print(f"in its root: {decode(b' '.join(listed.stdout.split()))}")

        counted = await run(client, namespace, pod, ["wc", "-c"], stdin=b"x" * 1_000_000)
        print(f"it counted {decode(counted.stdout.strip())} bytes")

        script = "for i in 1 2 3; do echo step $i; done; echo that was it >&2; exit 7"
        async with execute(client, namespace, pod, ["sh", "-c", script]) as process:
            errors = asyncio.create_task(process.stderr.rest())  # what nobody reads would hold up the rest
            async for line in process.stdout.lines():
                print(f"it says: {decode(line)}")
            print(f"it complains: {decode((await errors).strip())}")
            print(f"it exits with {(await process.wait()).code}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
