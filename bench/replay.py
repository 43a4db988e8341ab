"""A server that answers with pages of 10,000 pods as an API server once sent them, and does nothing else.

The pods are those of the cluster that KUBECONFIG names; where that has fewer, or there is none, those of kty's demo.
Pages are made and compressed beforehand, so that a reader never waits. `python -m bench.replay` runs it, and prints
its port, where the pods are from and how large one is.
"""

import asyncio
import gzip
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec
from aiohttp import web

from kty.demo.running import running
from kty.errors import KtyError
from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.target import Config
from kty.runtime.paging import FIRST_PAGE

PODS, PAGE = 10_000, 500
PATH = "/api/v1/pods"


class _Meta(msgspec.Struct, rename="camel"):
    resource_version: str
    token: str = msgspec.field(name="continue", default="")


class _List(msgspec.Struct):
    metadata: _Meta
    items: list[msgspec.Raw]


async def _recorded(config: Config) -> list[bytes]:
    """Return the first 10,000 pods as the server sends them; fewer where it has no more."""
    pods: list[bytes] = []
    token = ""
    async with Client(config) as client:
        while len(pods) < PODS:
            query = [("limit", str(PAGE)), *([("continue", token)] if token else [])]
            page = msgspec.json.decode(await client.request("GET", PATH, query=query), type=_List)
            pods += [bytes(each) for each in page.items]
            token = page.metadata.token
            if not token:
                break
    return pods[:PODS]


def record() -> tuple[str, list[bytes]]:
    """Return whose pods they are, and the pods."""
    if "KUBECONFIG" in os.environ:
        with suppress(KtyError):
            pods = asyncio.run(_recorded(infer()))
            if len(pods) == PODS:
                return "an API server", pods
    with running(PODS) as demo, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        path.write_text(demo.kubeconfig)
        return "kty's demo", asyncio.run(_recorded(infer(path)))


def _page(pods: list[bytes], at: int, size: int) -> bytes:
    end = min(at + size, len(pods))
    meta = {"resourceVersion": "1000000"}
    if end < len(pods) and size > 1:
        meta |= {"continue": str(end), "remainingItemCount": len(pods) - end}  # type: ignore[dict-item]
    head = f'{{"kind":"PodList","apiVersion":"v1","metadata":{json.dumps(meta)},"items":['
    return gzip.compress(head.encode() + b",".join(pods[at:end]) + b"]}", 6)


def _pages(pods: list[bytes]) -> dict[tuple[int, int], bytes]:
    """Return the pages that are asked for, by where they begin and their size: 20 of 500, or 100 first; and one pod."""
    begins = [(0, 1), *[(at, PAGE) for at in range(0, PODS, PAGE)]]
    begins += [(0, FIRST_PAGE), *[(at, PAGE) for at in range(FIRST_PAGE, PODS, PAGE)]]
    return {(at, size): _page(pods, at, size) for at, size in begins}


async def _serve(origin: str, pods: list[bytes]) -> None:
    pages = _pages(pods)

    async def answer(http: web.Request) -> web.StreamResponse:
        if "watch" in http.query:
            await web.StreamResponse().prepare(http)
            await asyncio.Event().wait()
        assert "gzip" in http.headers["Accept-Encoding"]
        body = pages[int(http.query.get("continue", "0")), int(http.query["limit"])]
        return web.Response(body=body, content_type="application/json", headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.add_routes([web.get(PATH, answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    size = sum(map(len, pods)) // len(pods)
    print(json.dumps({"port": runner.addresses[0][1], "origin": origin, "size": size}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(*record()))
