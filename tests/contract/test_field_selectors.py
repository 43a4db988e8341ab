"""What a field selector selects here is what it selects on the server."""

import json

from kty.kube import field_selectors
from kty.kube.resource import Resource
from tests.cluster.place import Place
from tests.contract.conftest import Cluster

SECRETS = Resource("", "v1", "Secret", "secrets")
SELECTORS = (
    "",
    "metadata.name=a",
    "metadata.name==a",
    "metadata.name!=a",
    "metadata.name!=a,type=Opaque",
    "type=example.com/own",
    "type!=example.com/own,",
    "type=example.com\\,own",
    "metadata.name=a,metadata.name=b",
)


async def test_the_server_selects_the_same(cluster: Cluster, place: Place) -> None:
    for name, kind in (("a", "Opaque"), ("b", "Opaque"), ("c", "example.com/own")):
        await place.create(SECRETS, name, type=kind)
    path = SECRETS.path(place.namespace)

    async def selected(selector: str) -> list[dict[str, object]]:
        answer = await cluster.client().request("GET", path, query=[("fieldSelector", selector)])
        found: list[dict[str, object]] = json.loads(answer)["items"]
        return found

    everything = await selected("")
    assert len(everything) == 3
    for text in SELECTORS:
        selector = field_selectors.parse(text)
        assert [each for each in everything if selector.matches(each)] == await selected(text), text
        assert await selected(str(selector)) == await selected(text), text
