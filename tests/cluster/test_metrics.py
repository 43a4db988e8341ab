"""A real API server without metrics.k8s.io: lists are what they ever were."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.discovery import discover
from kty.kube.usage import POD_METRICS
from kty.widgets.meter_bar import MeterBar
from tests.cluster.browsing import browsing, command, row, truth
from tests.cluster.place import Place

pytestmark = pytest.mark.cluster
Kubeconfig = Callable[[str], Path]


@pytest.fixture(autouse=True)
async def unmeasured(cluster_kubeconfig: Kubeconfig) -> AsyncIterator[None]:
    client = Client(infer(cluster_kubeconfig("admin")))
    try:
        if (await discover(client)).named(POD_METRICS.api_version, POD_METRICS.kind) is not None:
            pytest.skip("this server has metrics")
        yield
    finally:
        await client.close()


async def test_there_are_no_columns_no_line_and_no_words_about_metrics(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    await place.pod("waits")
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await me.sees("pods 1 of 1", "● live")
        await me.until(lambda: me.app.session.cluster.version, "what the server is")
        await me.rests()
        assert row(me, "waits")[1:4] == ["0/1", "Pending", "0"]
        assert not {"CPU", "Memory"} & set(me.screen.splitlines()[1].split())
        assert truth(me).endswith("● live")
        assert not me.app.screen.query_one(MeterBar).display
        await command(me, "nodes")
        await me.sees("CPU Total", "Memory Total", "● live")
        await me.rests()
        assert "%" not in me.screen.splitlines()[1]
