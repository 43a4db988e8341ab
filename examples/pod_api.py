"""Make a pod, wait until it runs, label it, find it by its label, and remove it.

python examples/pod_api.py [--image busybox]
"""

import argparse
import asyncio
from contextlib import aclosing, suppress

from kty.kube import Added, Api, Client, Container, Merge, Metadata, Modified, Pod, PodSpec, infer

NAME = "kty-pod-api"


def pod(image: str) -> Pod:
    sleeps = Container(name="main", image=image, command=["sleep", "3600"])
    return Pod(metadata=Metadata(name=NAME), spec=PodSpec(containers=[sleeps], termination_grace_period_seconds=0))


async def running(pods: Api[Pod], name: str) -> Pod:
    async with aclosing(pods.watch(fields=f"metadata.name={name}")) as changes:
        async for change in changes:
            match change:
                case Added(pod) | Modified(pod) if pod.status and pod.status.phase == "Running":
                    return pod
    raise TimeoutError(f"{name} did not run while the server let us watch")


async def main(image: str) -> None:
    async with Client(infer()) as client:
        pods = Api.of(client, Pod, client.config.default_namespace)

        created = await pods.create(pod(image))
        print(f"created {created.name} ({created.metadata.uid})")

        ready = await running(pods, NAME)
        if ready.spec and ready.status:
            print(f"runs on {ready.spec.node_name} at {ready.status.pod_ip}")

        labelled = await pods.patch(NAME, Merge({"metadata": {"labels": {"example": "pod-api"}}}))
        print(f"labelled {labelled.metadata.labels}")

        found = await pods.list(labels="example=pod-api")
        print(f"found {[each.name for each in found]}")

        await pods.delete(NAME)
        print("deleted" if await pods.get_opt(NAME) is None else "on its way out")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="busybox")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
