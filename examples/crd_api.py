"""Define a kind of one's own; make an object of it, scale it and say how it is; then remove the kind and all.

python examples/crd_api.py
"""

import asyncio
import secrets
from contextlib import aclosing, suppress
from typing import Any

from kty.kube import Added, Api, Client, Merge, Metadata, Modified, Resource, infer
from kty.kube.parts import Part, Whole

CRDS = Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)
BREWS = Resource(f"kty-{secrets.token_hex(3)}.example.com", "v1", "Brew", "brews")
SCHEMA = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
PARTS = {"status": {}, "scale": {"specReplicasPath": ".spec.cups", "statusReplicasPath": ".status.poured"}}
VERSION = {"name": "v1", "served": True, "storage": True, "schema": SCHEMA, "subresources": PARTS}
NAMES = {"kind": "Brew", "plural": "brews"}
DEFINITION: dict[str, Any] = {
    "metadata": {"name": BREWS.id},
    "spec": {"group": BREWS.group, "scope": "Namespaced", "names": NAMES, "versions": [VERSION]},
}


class BrewSpec(Part):
    beans: str
    cups: int = 1


class Brew(Whole):
    spec: BrewSpec | None = None
    status: dict[str, int] | None = None


def is_established(crd: dict[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


async def main() -> None:
    async with Client(infer()) as client:
        crds, brews = Api(client, CRDS), Api(client, BREWS, client.config.default_namespace, kind=Brew)
        await crds.create(DEFINITION)
        try:
            async with aclosing(crds.watch(fields=f"metadata.name={BREWS.id}")) as changes:
                async for change in changes:
                    if isinstance(change, Added | Modified) and is_established(change.obj):
                        break
            brew = await brews.create(Brew(metadata=Metadata(name="morning"), spec=BrewSpec(beans="arabica")))
            scaled = await brews.scale.patch(brew.name, Merge({"spec": {"replicas": 3}}))
            judged = await brews.status.patch(brew.name, Merge({"status": {"poured": 2}}))
            print(f"{BREWS.id} {brew.name}: {judged.spec}, {scaled.spec}, {judged.status}")
        finally:
            await crds.delete(BREWS.id)  # its objects go with it


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
