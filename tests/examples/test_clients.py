"""Examples of what can be put around, and beneath, a client."""

import re

import pytest

from tests.examples.conftest import Shop
from tests.examples.programs import Programs

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_custom_client(shop: Shop) -> None:
    assert await shop.programs.says("custom_client") == ["0 of 20 are there", "20 times GET was answered 404"]


async def test_custom_client_retry(shop: Shop) -> None:
    *tries, version = await shop.programs.says("custom_client_retry", "--refusals", "2")
    assert tries == ["GET /version: 429", "GET /version: 429", "GET /version: 200"]
    assert version.startswith("v1.")
    if shop.is_demo:
        done = await shop.programs.run("custom_client_retry", "--refusals", "3", "--tries", "2")
        assert (done.status, done.lines) == (1, ["GET /version: 429"] * 2)
        assert done.err.startswith("too many requests, please try again later")


async def test_custom_client_trace(shop: Shop) -> None:
    done = await shop.programs.run("custom_client_trace")
    assert done.status == 0
    assert re.fullmatch(r"admin sees \d+ kinds\n", done.out)
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    assert re.search(rf"^kty\.kube\.client: POST {path}: 201 in \d+ ms$", done.err, re.MULTILINE)
    assert re.search(rf"^my-program: POST {path} gave 201 after [0-9.]+ s$", done.err, re.MULTILINE)
    assert len([line for line in done.err.splitlines() if line.startswith("my-program: GET /api")]) >= 2


async def test_custom_client_mock(tmp_path_factory: pytest.TempPathFactory) -> None:
    alone = Programs("/dev/null", tmp_path_factory.mktemp("nobody"))
    assert await alone.says("custom_client_mock") == [
        "in the shop: ['nervous']",
        "in the vault: pods is forbidden",
    ]
