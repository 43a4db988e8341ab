"""Find a CustomResourceDefinition on the server, by any name of its kind, and read what it says of one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from kty.errors import ClusterError, NotFound, NotKubernetes
from kty.kube.discovery import discover
from kty.kube.groups import Requests, decoded, is_name
from kty.kube.resource import Resource
from kty.kube.versions import order
from kty.text import printable

CRDS = Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a CustomResourceDefinition says of its kind in one version."""

    resource: Resource
    schema: Mapping[str, Any]
    """The structural schema (openAPIV3Schema)."""


class _Names(Struct, rename="camel"):
    plural: str
    kind: str
    singular: str = ""


class _Validation(Struct, rename={"schema": "openAPIV3Schema"}):
    schema: dict[str, Any] | None = None


class _Version(Struct):
    name: str
    served: bool = False
    storage: bool = False
    schema: _Validation | None = None


class _Spec(Struct):
    group: str
    names: _Names
    versions: list[_Version]
    scope: str = ""


class _Definition(Struct):
    spec: _Spec


async def find_definition(client: Requests, word: str, version: str = "") -> Definition:
    """Return what defines a kind: `word` is the definition's name, or any name that discovery knows the kind by.

    Without a version it is the one that is stored, or the best one where that is not served. Raises NotFound where
    there is no such kind or version, or the kind is built in; ClusterError where nothing is said about its fields;
    and what `discover` raises.
    """
    if "." in word and is_name(word):
        body = await _asked(client, word)
        if body is not None:  # else it is deploy.apps, or crontab.example.com
            return read_definition(body, version)
    known = await discover(client)
    found = known.find(word)
    if not found:
        raise _unknown(word, [each.plural for each in known.resources], known.faults)
    for each in found:
        body = await _asked(client, each.id)
        if body is not None:
            return read_definition(body, version)
    raise NotFound(
        f"{printable(found[0].id)} is no custom resource: no CustomResourceDefinition defines it",
        code=404,
        hint="kty.kube.kinds has classes for built-in kinds",
    )


async def _asked(client: Requests, name: str) -> bytes | None:
    try:
        return await client.request("GET", CRDS.path(name=name))
    except NotFound:
        return None


def read_definition(body: bytes, version: str = "") -> Definition:
    """Read a definition as the server sends it. Raises what `find_definition` raises."""
    spec = decoded(body, _Definition, CRDS.path()).spec
    names = (spec.group, spec.names.plural, spec.names.kind, *[each.name for each in spec.versions])
    if not all(map(is_name, names)):
        raise NotKubernetes(f"a CustomResourceDefinition uses {printable(str(names))}, which are not all names")
    kind = f"{spec.names.plural}.{spec.group}"
    chosen = _chosen(spec, kind, version)
    schema = (chosen.schema and chosen.schema.schema) or {}
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties.keys() - {"apiVersion", "kind", "metadata"}:
        raise ClusterError(
            f"{kind} has no schema in {chosen.name}: nothing is said about its fields",
            hint="Api(client, resource) takes its objects as dicts",
        )
    resource = Resource(
        spec.group,
        chosen.name,
        spec.names.kind,
        spec.names.plural,
        namespaced=spec.scope != "Cluster",
        singular=spec.names.singular,
    )
    return Definition(resource, schema)


def _chosen(spec: _Spec, kind: str, wanted: str) -> _Version:
    served = sorted([each for each in spec.versions if each.served], key=lambda each: order(each.name))
    if not served:
        raise NotFound(f"{kind} is served in no version", code=404, hint="ask who defined it")
    if not wanted:
        return next((each for each in served if each.storage), served[0])
    for each in served:
        if each.name == wanted:
            return each
    names = ", ".join(each.name for each in served)
    raise NotFound(f"{kind} is not served in version {printable(wanted)}", code=404, hint=f"it is served in {names}")


def _unknown(word: str, plurals: list[str], faults: Mapping[str, str]) -> NotFound:
    near = get_close_matches(word.lower(), dict.fromkeys(plurals), n=3, cutoff=0.6)
    if near:
        hint = f"did you mean {' or '.join(map(printable, near))}?"
    elif faults:
        hint = f"{len(faults)} of the server's API groups could not be read"
    else:
        hint = "`kubectl get crd` names those that are defined"
    return NotFound(f"the cluster has no kind '{printable(word)}'", code=404, hint=hint)
