"""Test a program against a server that is a function: no cluster, no network.

python examples/custom_client_mock.py
"""

import asyncio
from contextlib import suppress

from kty.errors import Forbidden
from kty.kube import Api, Client, Pod
from kty.kube.exchange import Request
from kty.kube.mock import mock_client
from kty.kube.reply import Reply


async def restless(client: Client, namespace: str) -> list[str]:
    """The program: which pods were restarted?"""
    pods = await Api.of(client, Pod, namespace).list()
    return [
        pod.name for pod in pods if pod.status and any(each.restart_count for each in pod.status.container_statuses)
    ]


def answer(request: Request) -> Reply:
    """The server: two pods in `shop`, and nothing for us anywhere else."""
    if request.path != "/api/v1/namespaces/shop/pods":
        return Reply.refusal(403, "pods is forbidden")
    pods = [
        {"metadata": {"name": name}, "status": {"containerStatuses": [{"name": "main", "restartCount": restarts}]}}
        for name, restarts in (("calm", 0), ("nervous", 4))
    ]
    return Reply.json({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": pods})


async def main() -> None:
    async with mock_client(answer) as client:
        print(f"in the shop: {await restless(client, 'shop')}")
        try:
            await restless(client, "vault")
        except Forbidden as error:
            print(f"in the vault: {error}")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
