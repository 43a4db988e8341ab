"""Run a job to its end, print what its pod printed, and remove both.

python examples/job_api.py [--image busybox]
"""

import argparse
import asyncio
from contextlib import aclosing, suppress
from typing import Any

from kty.kube import Added, Api, Client, Modified, Pod, Resource, infer
from kty.kube.jsonpath import parse
from kty.kube.streams.logs import logs
from kty.text import decode

NAME = "kty-countdown"
JOBS = Resource("batch", "v1", "Job", "jobs")
ENDED = parse('{.status.conditions[?(@.status=="True")].type}')


def job(image: str) -> dict[str, Any]:
    counts = {"name": "main", "image": image, "command": ["sh", "-c", "for i in 3 2 1; do echo $i; done; echo go"]}
    template = {"spec": {"containers": [counts], "restartPolicy": "Never"}}
    return {"metadata": {"name": NAME}, "spec": {"template": template, "backoffLimit": 1}}


async def end_of(jobs: Api[dict[str, Any]], name: str) -> str:
    """Return how a job ended: `Complete` or `Failed`."""
    async with aclosing(jobs.watch(fields=f"metadata.name={name}")) as changes:
        async for change in changes:
            if isinstance(change, Added | Modified):
                for how in {"Complete", "Failed"} & set(ENDED.values(change.obj)):
                    return how
    raise TimeoutError(f"{name} did not end while the server let us watch")


async def main(image: str) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        jobs, pods = Api(client, JOBS, namespace), Api.of(client, Pod, namespace)
        await jobs.create(job(image))
        try:
            print(f"{NAME}: {await end_of(jobs, NAME)}")
            for pod in await pods.list(labels=f"job-name={NAME}"):
                async with logs(client, namespace, pod.name) as lines:
                    async for line in lines:
                        print(f"{pod.name}: {decode(line)}")
        finally:
            await jobs.delete(NAME, propagation="Background")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="busybox")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
