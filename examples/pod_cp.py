"""Copy a file or a directory to a pod, or from one, as `kubectl cp` does.

python examples/pod_cp.py ./here POD:/tmp/there
python examples/pod_cp.py POD:/tmp/there ./back
"""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path

from kty.kube import Client, infer
from kty.kube.streams.copying import Copied, copy_from, copy_to
from kty.text import printable


def tell(copied: Copied) -> None:
    print(f"{copied.bytes:>10} bytes, {printable(copied.path)}")


async def main(source: str, target: str) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        match source.split(":"), target.split(":"):
            case [pod, there], [here]:
                copied = await copy_from(client, namespace, pod, there, Path(here), progress=tell)
            case [here], [pod, there]:
                copied = await copy_to(client, namespace, pod, Path(here), there, progress=tell)
            case _:
                raise SystemExit("either the source or the target is in a pod: POD:/path")
    print(f"{copied.files} files copied")
    for left in copied.left:
        print(f"not copied: {printable(left.path)}: {left.why}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("target")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
