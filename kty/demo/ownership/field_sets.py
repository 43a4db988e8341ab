"""Sets of fields in the form in which managedFields carry them (FieldsV1), and the algebra on them.

A set is a tree: `{"f:spec": {"f:replicas": {}, "f:ports": {'k:{"port":80}': {".": {}, "f:name": {}}}}}`. A place is a
member of the set where nothing stands below it, or where "." does; the root never is one.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

from kty.demo.merge_keys import Shape

Fields: TypeAlias = dict[str, Any]
"""`Any` stands for Fields."""
Path: TypeAlias = tuple[str, ...]

_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Go's JSON escapes these."""


def field(name: str) -> str:
    return "f:" + name


def item(value: Any, shape: Shape) -> str:
    """Return the step to an item of a list that is keyed or a set. Raises ValueError when it cannot be told apart."""
    if shape.how == "set":
        if isinstance(value, dict | list) or value is None:
            raise ValueError(_why_not_in_set(value))
        return "v:" + _encode(value)
    if not isinstance(value, dict):
        what = "a null element" if value is None else "non-map elements"
        raise ValueError(f"associative list with keys may not have {what}")
    keys = {}
    for key in sorted(shape.keys):
        if key in value:
            keys[key] = value[key]
        elif key in shape.defaults:
            keys[key] = shape.defaults[key]
    if not keys:
        named = " ".join([f'"{key}"' for key in shape.keys])
        raise ValueError(
            f"associative list with keys has an element that omits all key fields [{named}]"
            " (and doesn't have default values for any key fields)"
        )
    return "k:" + _encode(keys)


def _why_not_in_set(value: Any) -> str:
    if isinstance(value, list):
        return "not supported: associative list with lists as elements"
    what = "a map type" if isinstance(value, dict) else "an explicit null"
    return f"associative list without keys has an element that's {what}"


def _encode(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text.translate(_HTML) if "<" in text or ">" in text or "&" in text else text


def is_member(node: Fields) -> bool:
    return not node or "." in node


def member(below: Fields) -> Fields:
    """Return a node that is itself in the set, with these below it."""
    return {".": {}, **below} if below else {}


def union(one: Fields, other: Fields) -> Fields:
    if not one or not other:  # a member with nothing below, or a root with nothing in it
        return one or other
    out = dict(one)
    for step, node in other.items():
        mine = out.get(step)
        out[step] = node if mine is None else _both(mine, node)
    return out


def _both(one: Fields, other: Fields) -> Fields:
    together = union(one, other)
    return together if not together or "." in together or not (is_member(one) or is_member(other)) else member(together)


def intersection(one: Fields, other: Fields) -> Fields:
    """Return what is a member of both."""
    out = {}
    for step, node in one.items():
        theirs = other.get(step)
        if theirs is None or step == ".":
            continue
        below = intersection(node, theirs)
        if is_member(node) and is_member(theirs):
            out[step] = member(below)
        elif below:
            out[step] = below
    return out


def difference(one: Fields, other: Fields, *, deep: bool = False) -> Fields:
    """Return what is in the one and not in the other; `deep` lets what is in the other take along all below it."""
    if not other:
        return one
    out = {}
    for step, node in one.items():
        if step == ".":
            continue
        theirs = other.get(step)
        if theirs is None:
            out[step] = node
            continue
        stays = not is_member(theirs)
        if deep and not stays:
            continue
        below = difference(node, theirs, deep=deep) if theirs else {key: sub for key, sub in node.items() if key != "."}
        if stays and is_member(node):
            out[step] = member(below)
        elif below:
            out[step] = below
    return out


def with_named_fields(fields: Fields, shape: Shape) -> Fields:
    """Return the set, and with it every field of the kind on the way to a member."""
    out = {}
    for step, node in fields.items():
        if step == "." or not node:
            out[step] = node
            continue
        name = step[2:]
        if step.startswith("f:"):
            below = with_named_fields(node, shape.at(name))
            named = shape.names(name)
        else:
            below, named = with_named_fields(node, shape.of_items), False
        out[step] = {".": {}, **below} if named else below
    return out


def paths(fields: Fields, prefix: Path = ()) -> Iterator[Path]:
    """Yield the members, those of one level before what stands below them, each level in the server's order."""
    steps = sorted([step for step in fields if step != "."], key=_order)
    for step in steps:
        if is_member(fields[step]):
            yield (*prefix, step)
    for step in steps:
        yield from paths(fields[step], (*prefix, step))


def has(fields: Fields, path: Path) -> bool:
    for step in path:
        found = fields.get(step)
        if found is None:
            return False
        fields = found
    return is_member(fields)


def _order(step: str) -> tuple[int, str]:
    return ("fkvi".index(step[0]), step)


def path_text(path: Path) -> str:
    """Return a path as the server writes it: `.spec.ports[port=80,protocol="TCP"].name`."""
    return "".join([_step_text(step) for step in path])


def _step_text(step: str) -> str:
    kind, _, rest = step.partition(":")
    if kind == "f":
        return "." + rest
    if kind == "v":
        return f"[={_plain(json.loads(rest))}]"
    if kind == "k":
        return "[" + ",".join([f"{key}={_plain(value)}" for key, value in json.loads(rest).items()]) + "]"
    return f"[{rest}]"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
