"""Ask a pod to leave, as a drain does: a disruption budget may forbid that for now.

python examples/pod_evict.py POD
"""

import argparse
import asyncio
from contextlib import aclosing, suppress

from kty.errors import TooManyRequests
from kty.kube import Api, Client, Deleted, Pod, infer
from kty.kube.pods import evict


async def main(name: str) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        pods = Api.of(client, Pod, namespace)
        pod = await pods.get(name)
        try:
            await evict(client, namespace, name, uid=pod.metadata.uid)
        except TooManyRequests as refused:
            print(f"{name} stays: {refused.sentence()}")
            return
        print(f"{name} will leave")
        version = pod.metadata.resource_version
        async with aclosing(pods.watch(version=version, fields=f"metadata.name={name}")) as changes:
            async for change in changes:
                if isinstance(change, Deleted):
                    print(f"{name} is gone")
                    return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
