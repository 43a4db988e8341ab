"""Look into a pod with a container of your own tools, next to those that run there already.

python examples/pod_debug.py [--image busybox] [--target CONTAINER] POD COMMAND ...
"""

import argparse
import asyncio
import secrets
from contextlib import aclosing, suppress

from kty.kube import Added, Api, Client, Container, Modified, Pod, infer
from kty.kube.pods import add_ephemeral_container
from kty.kube.streams.logs import LogOptions, logs
from kty.text import decode


async def ended(pods: Api[Pod], pod: str, container: str) -> int:
    """Return how the container ended."""
    async with aclosing(pods.watch(fields=f"metadata.name={pod}")) as changes:
        async for change in changes:
            match change:
                case Added(found) | Modified(found) if found.status:
                    for each in found.status.ephemeral_container_statuses:
                        if each.name == container and "terminated" in each.state:
                            return int(each.state["terminated"]["exitCode"])
    raise TimeoutError(f"{container} did not end while the server let us watch")


async def main(pod: str, command: list[str], image: str, target: str) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        container = Container(name=f"debug-{secrets.token_hex(3)}", image=image, command=command)
        await add_ephemeral_container(client, namespace, pod, container, target=target)
        code = await ended(Api.of(client, Pod, namespace), pod, container.name)
        async with logs(client, namespace, pod, LogOptions(container=container.name)) as lines:
            async for line in lines:
                print(decode(line))
        print(f"{container.name} exited with {code}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    parser.add_argument("--image", default="busybox")
    parser.add_argument("--target", default="", help="a container whose processes it shall see")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
