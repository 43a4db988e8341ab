"""What is wrong with an applied configuration, as far as lists and maps go."""

from collections.abc import Iterator
from typing import Any

from kty.demo.merge_keys import Shape
from kty.demo.ownership.field_sets import item, path_text
from kty.kube.objects import Object


def why_unreadable(applied: Object, shape: Shape) -> str:
    """Return the API server's words for items without keys, or with the same ones; empty when all is well."""
    found = list(_mistakes(applied, shape, ""))
    return found[0] if len(found) == 1 else "\n  ".join(["errors:", *found]) if found else ""


def _mistakes(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _mistakes(part, shape.at(name), f"{path}.{name}")
    elif shape.how in ("keyed", "set") and value is not None:
        if isinstance(value, list):
            yield from _mistakes_in_list(value, shape, path)
        else:
            yield f"{path}: expected list, got &{{{value}}}"
    elif shape.fields and value is not None:
        yield f"{path}: expected map, got &{{{value}}}"


def _mistakes_in_list(values: list[Any], shape: Shape, path: str) -> Iterator[str]:
    seen = set()
    for at, value in enumerate(values):
        try:
            step = item(value, shape)
        except ValueError as mistake:
            yield f"{path}: element {at}: {mistake}"
            return
        if step in seen:
            yield f"{path}: duplicate entries for key {path_text((step,))}"
        seen.add(step)
        yield from _mistakes(value, shape.of_items, path + path_text((step,)))
