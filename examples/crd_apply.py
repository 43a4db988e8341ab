"""Apply a kind and an object of it as one manager, meet the conflict of another one, and take the field over.

What is applied may be there already: running it twice does no harm. Nothing is removed unless asked for.

python examples/crd_apply.py [--group kty.example.com] [--remove]
"""

import argparse
import asyncio
from contextlib import aclosing, suppress
from typing import Any

from kty.errors import Conflict
from kty.kube import Added, Api, Apply, Client, Modified, Resource, infer

CRDS = Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)


def definition(of: Resource) -> dict[str, Any]:
    spec = {"type": "object", "properties": {"cups": {"type": "integer"}, "beans": {"type": "string"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    version = {"name": of.version, "served": True, "storage": True, "schema": schema}
    names = {"kind": of.kind, "plural": of.plural}
    return {"spec": {"group": of.group, "scope": "Namespaced", "names": names, "versions": [version]}}


def is_established(crd: dict[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


async def main(group: str, remove: bool) -> None:
    resource = Resource(group, "v1", "Brew", "brews")
    async with Client(infer()) as client:
        crds, brews = Api(client, CRDS), Api(client, resource, client.config.default_namespace)
        await crds.patch(resource.id, Apply(definition(resource), manager="kty-example"))
        async with aclosing(crds.watch(fields=f"metadata.name={resource.id}")) as changes:
            async for change in changes:
                if isinstance(change, Added | Modified) and is_established(change.obj):
                    break
        await brews.patch("noon", Apply({"spec": {"beans": "robusta", "cups": 1}}, manager="barista", force=True))
        wish = {"spec": {"cups": 5}}
        try:
            await brews.patch("noon", Apply(wish, manager="guest"))
        except Conflict as conflict:
            print(f"refused: {'; '.join(map(str, conflict.causes))}")
        taken = await brews.patch("noon", Apply(wish, manager="guest", force=True))
        print(f"applied: {taken['spec']}")
        for entry in taken["metadata"]["managedFields"]:
            print(f"{entry['manager']} owns {list(entry['fieldsV1']['f:spec'])}")
        if remove:
            await crds.delete(resource.id)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", default="kty.example.com")
    parser.add_argument("--remove", action="store_true", help="remove the kind in the end")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
