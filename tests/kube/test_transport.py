"""How kubernetes_asyncio is imported, and when the session is opened."""

import asyncio
import subprocess
import sys

import pytest

from kty.errors import Unreachable
from kty.kube.exchange import Request
from kty.kube.target import Config
from kty.kube.transport import HttpTransport


def run_python(code: str) -> str:
    return subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True)


WHOLE = """
import kubernetes_asyncio, kubernetes_asyncio.client
from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.client import api_client, models
assert kubernetes_asyncio.client is client
assert client.api_client is api_client and client.ApiClient is api_client.ApiClient
assert client.V1Pod is models.V1Pod and client.models.V1Pod is models.V1Pod
assert client.CoreV1Api.__init__
assert client.Configuration is sys.modules["kubernetes_asyncio.client.configuration"].Configuration
"""


def test_the_library_is_imported_without_its_models_and_leaves_no_trace() -> None:
    out = run_python(
        "import sys\nfrom kty.kube.transport import library\nused = library()\n"
        "assert used is library()\n"
        "print(used.ApiClient.__module__, used.Configuration.__module__)\n"
        "print(*[name for name in sys.modules if name.startswith('kubernetes_asyncio')])\n"
    )
    assert out == "kubernetes_asyncio.client.api_client kubernetes_asyncio.client.configuration\n\n"


def test_the_whole_library_can_be_imported_afterwards() -> None:
    run_python(
        f"import sys\nfrom kty.kube.transport import library\nours = library()\n{WHOLE}\nassert library() is ours"
    )


def test_where_the_whole_library_is_imported_already_it_is_used() -> None:
    run_python(
        f"import sys\n{WHOLE}\nbefore = dict(sys.modules)\n"
        "from kty.kube.transport import library\n"
        "assert library().ApiClient is client.ApiClient and library().Configuration is client.Configuration\n"
        "assert {n: m for n, m in sys.modules.items() if n.startswith('kubernetes_asyncio')}"
        " == {n: m for n, m in before.items() if n.startswith('kubernetes_asyncio')}\n"
    )


def test_threads_that_ask_at_once_get_the_same_library() -> None:
    run_python(
        "import sys, threading\nfrom kty.kube.transport import library\nsys.setswitchinterval(1e-5)\nfound = []\n"
        "threads = [threading.Thread(target=lambda: found.append(library())) for _ in range(8)]\n"
        "[thread.start() for thread in threads]\n[thread.join() for thread in threads]\n"
        "assert len(found) == 8 and len(set(map(id, found))) == 1\n"
        "assert not any(name.startswith('kubernetes_asyncio') for name in sys.modules)\n"
    )


def test_an_import_that_fails_leaves_no_trace_either() -> None:
    run_python(
        "import sys\nsys.modules['six'] = None\nfrom kty.kube.transport import library\n"
        "try:\n    library()\nexcept ImportError:\n    pass\nelse:\n    raise SystemExit('imported')\n"
        "assert not any(name.startswith('kubernetes_asyncio') for name in sys.modules)\n"
        f"del sys.modules['six']\nassert library().ApiClient\n{WHOLE}\n"
    )


def test_a_client_costs_nothing_before_its_first_request() -> None:
    out = run_python(
        "import asyncio, sys\nfrom kty.kube.client import Client\nfrom kty.kube.target import Config\n"
        "async def main():\n    client = Client(Config('a', 'b', 'c', 'https://d'))\n    await client.close()\n"
        "asyncio.run(main())\nprint(*sys.modules)"
    )
    assert not set(out.split()) & {"aiohttp", "kubernetes_asyncio", "yaml", "textual"}


async def test_requests_that_come_first_together_open_one_session() -> None:
    transport = HttpTransport(Config("dev", "here", "me", "http://127.0.0.1:1"))
    sessions = await asyncio.gather(*(transport._session(None) for _ in range(5)))
    await transport.close()
    assert len(set(map(id, sessions))) == 1
    assert sessions[0].closed


async def test_a_closed_transport_opens_nothing_any_more() -> None:
    transport = HttpTransport(Config("dev", "here", "me", "http://127.0.0.1:1"))
    await transport.close()
    with pytest.raises(Unreachable, match="this connection was closed"):
        await transport.send(Request("GET", "/"))
