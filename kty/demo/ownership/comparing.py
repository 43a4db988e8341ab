"""What changed between two objects, and what an object mentions: as sets of fields."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kty.demo.merge_keys import Shape
from kty.demo.ownership.field_sets import Fields, field, item, member

_MAP: Final = (dict, type(None))
_LIST: Final = (list, type(None))
_NESTED: Final = (dict, list)


class Comparison(NamedTuple):
    """No field is in more than one of the three."""

    added: Fields
    modified: Fields
    removed: Fields

    def each(self, change: Callable[[Fields], Fields]) -> "Comparison":
        return Comparison(*[change(fields) for fields in self])


def compare(before: dict[str, Any], after: dict[str, Any], shape: Shape) -> Comparison:
    """Return what is not the same in two objects of one kind. Raises ValueError for items that have no key."""
    found = Comparison({}, {}, {})
    _compare_maps(before, after, shape, found)
    return found


def mentioned(value: dict[str, Any], shape: Shape) -> Fields:
    """Return the fields that an applied configuration claims. Raises ValueError for items that have no key."""
    return _mentioned(value, shape) or {}


def _compare(before: Any, after: Any, shape: Shape, step: str, found: Comparison) -> None:
    """Put what differs in two values, both there and not the same, below this step."""
    below = Comparison({}, {}, {})
    if _is_map(before, after) and shape.how != "atomic":
        _compare_maps(before or {}, after or {}, shape, below)
    elif _is_list(before, after) and shape.how in ("keyed", "set"):
        _compare_lists(before or [], after or [], shape, below)
    else:
        found.modified[step] = {}
        return
    for whole, part in zip(found, below, strict=True):
        if part:
            whole[step] = part


def _is_map(before: Any, after: Any) -> bool:
    """Say whether two values are maps, null standing for an empty one; two empty ones are leaves instead."""
    return isinstance(before, _MAP) and isinstance(after, _MAP) and bool(before or after)


def _is_list(before: Any, after: Any) -> bool:
    return isinstance(before, _LIST) and isinstance(after, _LIST) and bool(before or after)


def _compare_maps(before: dict[str, Any], after: dict[str, Any], shape: Shape, found: Comparison) -> None:
    for name, value in after.items():
        if name not in before:
            found.added["f:" + name] = _everything(value, shape.at(name))
        elif (old := before[name]) != value:
            _compare(old, value, shape.at(name), "f:" + name, found)
    for name, value in before.items():
        if name not in after:
            found.removed["f:" + name] = _everything(value, shape.at(name))


def _compare_lists(before: list[Any], after: list[Any], shape: Shape, found: Comparison) -> None:
    old, new = _by_step(before, shape), _by_step(after, shape)
    for step, values in new.items():
        had = old.get(step)
        if had == values:
            continue
        if had is None:
            found.added[step] = _everything(values[0], shape.of_items) if len(values) == 1 else {}
        elif len(had) == len(values) == 1:
            _compare(had[0], values[0], shape.of_items, step, found)
        elif len(had) > 1 and len(values) > 1:
            found.modified[step] = {}
        elif len(had) > 1:
            found.added[step] = _everything(values[0], shape.of_items)
            found.removed[step] = {}
        else:
            found.removed[step] = _everything(had[0], shape.of_items)
            found.added[step] = {}
    for step, had in old.items():
        if step not in new:
            found.removed[step] = _everything(had[0], shape.of_items) if len(had) == 1 else {}


def _by_step(values: list[Any], shape: Shape) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for value in values:
        found.setdefault(item(value, shape), []).append(value)
    return found


def _everything(value: Any, shape: Shape) -> Fields:
    """Return a place that appears or disappears as a whole: itself, and all that can be owned below it."""
    if not value or shape.how == "atomic":
        return {}
    if isinstance(value, dict):
        parts = value.items()
        return {".": {}} | {"f:" + k: _everything(v, shape.at(k)) if isinstance(v, _NESTED) else {} for k, v in parts}
    if isinstance(value, list) and shape.how in ("keyed", "set"):
        steps = _by_step(value, shape)
        below = shape.of_items
        return {".": {}, **{step: _everything(v[0], below) if len(v) == 1 else {} for step, v in steps.items()}}
    return {}


def _mentioned(value: Any, shape: Shape) -> Fields | None:
    """Return a node, or None where a map or a list says nothing."""
    if isinstance(value, dict) and shape.how != "atomic":
        found: Fields = {}
        for name, part in value.items():
            node = _mentioned(part, shape.at(name))
            if part is None or part == {}:
                node = {}
            elif node is not None and not shape.names(name):
                node = member(node)
            if node is not None:
                found[field(name)] = node
        return found or None
    if isinstance(value, list) and shape.how in ("keyed", "set"):
        return {item(part, shape): member(_mentioned(part, shape.of_items) or {}) for part in value} or None
    return {}
