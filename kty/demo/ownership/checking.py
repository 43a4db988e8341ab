"""What is wrong with an applied configuration: unknown fields, values of another sort, items without keys."""

from collections.abc import Iterator
from typing import Any

from kty.demo.go_text import go_text, go_type
from kty.demo.merge_keys import Shape
from kty.demo.ownership.declared import Declared
from kty.demo.ownership.field_sets import item, path_text
from kty.kube.objects import Object


def why_unreadable(applied: Object, shape: Shape, declared: Declared) -> str:
    """Say it in the API server's words; empty when all is well."""
    found = list(_mistakes(applied, shape, declared, ""))
    return found[0] if len(found) == 1 else "\n  ".join(["errors:", *found]) if found else ""


def _mistakes(value: Any, shape: Shape, declared: Declared, path: str) -> Iterator[str]:
    if value is None:
        return
    if why := _why_not(value, declared):
        yield f"{path}: {why}"
    elif isinstance(value, dict):
        for name, part in value.items():
            field = declared.field(name)
            if field is None:
                yield f"{path}.{name}: field not declared in schema"
                return
            yield from _mistakes(part, shape.at(name), field, f"{path}.{name}")
    elif isinstance(value, list):
        yield from _mistakes_in_list(value, shape, declared.items(), path)


def _why_not(value: Any, declared: Declared) -> str:
    """Say why a value is not of the sort that is declared; empty when it is."""
    match declared.sort:
        case "map" if not isinstance(value, dict):
            return f"expected map, got &{{{go_text(value)}}}"
        case "list" if not isinstance(value, list):
            return f"expected list, got &{{{go_text(value)}}}"
        case "string" if not isinstance(value, str):
            return f"expected string, got &value.valueUnstructured{{Value:{go_text(value)}}}"
        case "boolean" if not isinstance(value, bool):
            return f"expected boolean, got &{{{go_text(value)}}}"
        case "numeric" if isinstance(value, bool) or not isinstance(value, int | float):
            return f"expected numeric (int or float), got {go_type(value)}"
    return ""


def _mistakes_in_list(values: list[Any], shape: Shape, declared: Declared, path: str) -> Iterator[str]:
    seen = set()
    for at, value in enumerate(values):
        step = f"i:{at}"
        if shape.how in ("keyed", "set"):
            try:
                step = item(value, shape)
            except ValueError as mistake:
                yield f"{path}: element {at}: {mistake}"
                return
            if step in seen:
                yield f"{path}: duplicate entries for key {path_text((step,))}"
            seen.add(step)
        yield from _mistakes(value, shape.of_items, declared, path + path_text((step,)))
