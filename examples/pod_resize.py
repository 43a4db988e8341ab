"""Give a container of a pod other resources without a restart, and see what the node says about it.

python examples/pod_resize.py POD CONTAINER [--cpu 200m] [--memory 64Mi]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Client, Quantity, infer
from kty.kube.pods import resize
from kty.text import printable


async def main(pod: str, container: str, **asked: Quantity | None) -> None:
    requests = {resource: str(amount) for resource, amount in asked.items() if amount is not None}
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        resized = await resize(client, namespace, pod, {container: {"requests": requests}})
    for each in resized.spec.containers if resized.spec else ():
        if each.resources:
            print(f"{each.name} shall have {each.resources.requests}, at most {each.resources.limits}")
    for condition in resized.status.conditions if resized.status else ():
        if condition.type.startswith("PodResize"):  # PodResizePending, PodResizeInProgress
            print(f"{condition.type}: {condition.reason} {printable(condition.message)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("container")
    parser.add_argument("--cpu", type=Quantity.parse)
    parser.add_argument("--memory", type=Quantity.parse)
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
