"""What a real API server says of the built-in kinds' fields, as short as `kty/demo/schema/built_in.json` has it.

`KTY_TEST_CLUSTER=... python -m tests.contract.schema` writes that file anew.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kty.demo.schema
from kty.demo.built_in import BUILT_IN
from kty.kube.config import infer
from tests.contract.asking import Asking

FILE = Path(kty.demo.schema.__path__[0]) / "built_in.json"


async def learn(ask: Asking) -> dict[str, Any]:
    """Return `kinds` (which type a kind is of) and `types` (their fields, `name!` for what is required)."""
    paths = (await ask.get("/openapi/v3"))["paths"]
    stored = [kind.resource for kind in BUILT_IN if kind.is_stored]
    schemas: dict[str, Any] = {}
    for group, version in sorted({(resource.group, resource.version) for resource in stored}):
        place = paths[f"apis/{group}/{version}" if group else f"api/{version}"]
        schemas |= (await ask.get(place["serverRelativeURL"]))["components"]["schemas"]
    named = {
        (each["group"], each["version"], each["kind"]): name
        for name, schema in schemas.items()
        for each in schema.get("x-kubernetes-group-version-kind", ())
    }
    kinds = {resource.id: named[resource.group, resource.version, resource.kind] for resource in stored}
    types: dict[str, Any] = {}
    for name in kinds.values():
        _take(name, schemas, types)
    return {"kinds": kinds, "types": dict(sorted(types.items()))}


def _take(name: str, schemas: dict[str, Any], types: dict[str, Any]) -> None:
    if name in types:
        return
    schema = schemas[name]
    properties = schema.get("properties")
    if properties is None:
        types[name] = _plain(schema)
        return
    required = set(schema.get("required", ()))
    types[name] = fields = {}
    for field, said in properties.items():
        fields[f"{field}!" if field in required else field] = _type(said, schemas, types)


def _type(said: dict[str, Any], schemas: dict[str, Any], types: dict[str, Any]) -> str:
    """Write a type as a word, and behind it how it is merged and owned."""
    return " ".join([_word(said, schemas, types), *_marks(said, schemas)])


def _word(said: dict[str, Any], schemas: dict[str, Any], types: dict[str, Any]) -> str:
    """Write another type's name, `[of a list]`, `{of a map}`, or what JSON has."""
    said = said["allOf"][0] if "allOf" in said else said
    if "$ref" in said:
        name = str(said["$ref"]).rpartition("/")[2]
        _take(name, schemas, types)
        return name
    if said.get("type") == "array":
        return f"[{_type(said['items'], schemas, types)}]"
    if isinstance(said.get("additionalProperties"), dict):
        return f"{{{_type(said['additionalProperties'], schemas, types)}}}"
    return _plain(said)


def _marks(said: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """Yield `set`, `atomic`, or the keys of a list (`map:port,protocol=TCP`), and what a strategic merge patch does."""

    def ref(said: dict[str, Any]) -> dict[str, Any]:
        whole = said["allOf"][0] if "allOf" in said else said
        return schemas[whole["$ref"].rpartition("/")[2]] if "$ref" in whole else {}

    match said.get("x-kubernetes-list-type"):
        case "map":
            items = ref(said["items"])["properties"]
            keys = [(key, items[key].get("default")) for key in said["x-kubernetes-list-map-keys"]]
            yield "map:" + ",".join([f"{key}={default}" if default else key for key, default in keys])
        case "set":
            yield "set"
    if "atomic" in (said.get("x-kubernetes-map-type"), ref(said).get("x-kubernetes-map-type")):
        yield "atomic"
    for strategy in filter(None, said.get("x-kubernetes-patch-strategy", "").split(",")):
        key = said.get("x-kubernetes-patch-merge-key", "")
        yield f"{strategy}:{key}" if key and strategy == "merge" else strategy


def _plain(said: dict[str, Any]) -> str:
    if "oneOf" in said:
        return "string|" + "|".join(sorted({each["type"] for each in said["oneOf"]} - {"string"}))
    if said.get("format") == "int-or-string":
        return "string|integer"
    return "/".join(filter(None, (said.get("type", "any"), said.get("format", ""))))


def written(learnt: dict[str, Any]) -> str:
    """Write it with one type a line."""
    kinds = ",\n".join(f"{json.dumps(name)}:{json.dumps(type_)}" for name, type_ in learnt["kinds"].items())
    types = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(fields, separators=(',', ':'))}" for name, fields in learnt["types"].items()
    )
    return f'{{"kinds":{{\n{kinds}\n}},\n"types":{{\n{types}\n}}}}\n'


async def _main(kubeconfig: str) -> None:
    ask = Asking(infer(kubeconfig))
    try:
        FILE.write_text(written(await learn(ask)))
    finally:
        await ask.close()


if __name__ == "__main__":
    asyncio.run(
        _main(subprocess.check_output([os.environ["KTY_TEST_CLUSTER"], "kubeconfig", "admin"], text=True).strip())
    )
