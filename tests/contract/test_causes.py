"""What the server names as wrong one by one reaches whoever asked."""

import json
from typing import Any

import pytest

from kty.errors import Cause, Invalid, ServerFault, StatusError
from kty.kube.client import Client
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, Place
from tests.contract.conftest import Cluster


async def refusal(client: Client, path: str, obj: dict[str, Any]) -> StatusError:
    with pytest.raises(StatusError) as caught:
        await client.request("POST", path, body=json.dumps(obj).encode())
    return caught.value


async def test_a_name_that_is_none_is_one_cause(cluster: Cluster, place: Place) -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "No_Name"}}
    error = await refusal(cluster.client(), CONFIG_MAPS.path(place.namespace), obj)
    assert isinstance(error, Invalid)
    assert [(cause.reason, cause.field) for cause in error.causes] == [("FieldValueInvalid", "metadata.name")]
    assert error.causes[0].message in str(error)
    assert error.sentence() == str(error)


async def test_several_mistakes_are_several_causes(cluster: Cluster, place: Place) -> None:
    obj = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": -1, "selector": {}, "template": {"spec": {"containers": []}}},
    }
    error = await refusal(cluster.client(), DEPLOYMENTS.path(place.namespace), obj)
    assert isinstance(error, Invalid)
    fields = {cause.field for cause in error.causes}
    assert {"spec.replicas", "spec.selector", "spec.template.spec.containers"} <= fields
    assert Cause("FieldValueRequired", "Required value", "spec.template.spec.containers") in error.causes


async def test_a_version_of_the_future_is_a_cause(cluster: Cluster, place: Place) -> None:
    with pytest.raises(ServerFault) as caught:
        await cluster.client().request(
            "GET", CONFIG_MAPS.path(place.namespace), query=[("resourceVersion", "999999999999")]
        )
    assert [cause.reason for cause in caught.value.causes] == ["ResourceVersionTooLarge"]
