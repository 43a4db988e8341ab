"""The fields of the built-in kinds are those of the real API server."""

import json

import pytest

from tests.contract.asking import Asking
from tests.contract.conftest import Cluster
from tests.contract.schema import FILE, learn


@pytest.mark.cluster
async def test_the_demo_knows_the_fields_of_the_server(cluster: Cluster, ask: Asking) -> None:
    if cluster.is_demo:
        pytest.skip("this is about the real one")
    assert await learn(ask) == json.loads(FILE.read_bytes())


async def test_both_say_the_same_of_a_kind(ask: Asking) -> None:
    paths = (await ask.get("/openapi/v3"))["paths"]
    schemas = (await ask.get(paths["apis/batch/v1"]["serverRelativeURL"]))["components"]["schemas"]
    job = schemas["io.k8s.api.batch.v1.JobSpec"]
    assert job["required"] == ["template"]
    assert (job["properties"]["suspend"]["type"], job["properties"]["completions"]["format"]) == ("boolean", "int32")
    assert {"template", "parallelism", "podFailurePolicy", "ttlSecondsAfterFinished"} <= set(job["properties"])
    cron = schemas["io.k8s.api.batch.v1.CronJob"]
    assert cron["x-kubernetes-group-version-kind"] == [{"group": "batch", "kind": "CronJob", "version": "v1"}]
