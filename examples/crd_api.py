"""Define a kind of one's own; make an object of it, scale it and say how it is; then remove the kind and all.

python examples/crd_api.py
"""

import asyncio
import secrets
from contextlib import aclosing, suppress

from kty.kube import Added, Api, Client, Merge, Metadata, Modified, Resource, infer
from kty.kube.jsonpath import parse
from kty.kube.manifest import from_yaml
from kty.kube.parts import Part, Whole

CRDS = Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)
BREWS = Resource(f"kty-{secrets.token_hex(3)}.example.com", "v1", "Brew", "brews")
DEFINITION = f"""
metadata: {{name: {BREWS.id}}}
spec:
  group: {BREWS.group}
  scope: Namespaced
  names: {{kind: Brew, plural: brews}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
    subresources: {{status: {{}}, scale: {{specReplicasPath: .spec.cups, statusReplicasPath: .status.poured}}}}
"""
ESTABLISHED = parse('{.status.conditions[?(@.type=="Established")].status}')


class BrewSpec(Part):
    beans: str
    cups: int = 1


class Brew(Whole):
    spec: BrewSpec | None = None
    status: dict[str, int] | None = None


async def main() -> None:
    async with Client(infer()) as client:
        crds, brews = Api(client, CRDS), Api(client, BREWS, client.config.default_namespace, kind=Brew)
        await crds.create(from_yaml(DEFINITION))
        async with aclosing(crds.watch(fields=f"metadata.name={BREWS.id}")) as changes:
            async for change in changes:
                if isinstance(change, Added | Modified) and ESTABLISHED.text(change.obj) == "True":
                    break
        brew = await brews.create(Brew(metadata=Metadata(name="morning"), spec=BrewSpec(beans="arabica")))
        scaled = await brews.scale.patch(brew.name, Merge({"spec": {"replicas": 3}}))
        judged = await brews.status.patch(brew.name, Merge({"status": {"poured": 2}}))
        print(f"{brew.name}: {judged.spec}, {scaled.spec}, {judged.status}")
        await crds.delete(BREWS.id)  # its objects go with it


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
