"""Put an applied configuration on top of an object, and take fields out of one."""

from typing import Any

from kty.demo.merge_keys import Shape
from kty.demo.ownership.field_sets import Fields, field, is_member, item


def merge(live: Any, applied: Any, shape: Shape) -> Any:
    """Return the live value with what is applied over it; nothing of the live one goes."""
    if isinstance(live, dict) and live and applied is None and shape.how != "atomic":
        return live
    if isinstance(live, dict) and isinstance(applied, dict) and shape.how != "atomic":
        out = {
            name: merge(part, applied[name], shape.at(name)) if name in applied else part for name, part in live.items()
        }
        return {**out, **{name: part for name, part in applied.items() if name not in live}}
    if shape.how in ("keyed", "set") and isinstance(live, list) and live:
        return live if applied is None else _merge_lists(live, applied, shape) if isinstance(applied, list) else applied
    return applied


def _merge_lists(live: list[Any], applied: list[Any], shape: Shape) -> list[Any]:
    """Merge items with the same key. Shared ones come in the applied order, others stay behind what they followed."""
    had = [(item(value, shape), value) for value in live]
    steps = [step for step, _ in had]
    old = {step: value if steps.count(step) == 1 else None for step, value in had}
    new = {item(value, shape): value for value in applied}
    shared = [step for step in new if step in old]
    waiting = list(new)
    out = []

    def take(step: str) -> None:
        value = new[step]
        out.append(value if old.get(step) is None else merge(old[step], value, shape.of_items))
        waiting.remove(step)
        if shared and shared[0] == step:
            shared.pop(0)

    rest = list(had)
    while rest or waiting:
        if rest and waiting:
            step = rest[0][0]
            if step == waiting[0]:
                rest.pop(0)
                take(step)
                continue
            if step in new and shared and shared[0] != step:
                rest.pop(0)
                continue
        if rest:
            step, value = rest[0]
            if step not in new:
                out.append(value)
                rest.pop(0)
                continue
            if step not in waiting:
                rest.pop(0)
        if waiting:
            take(waiting[0])
    return out


def without(value: Any, fields: Fields, shape: Shape) -> Any:
    """Return the value without the members of the set; None where nothing is left of it.

    Where that is below a place that is no member of the set, the place itself stays, as null.
    """
    if shape.how == "atomic":
        return None
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for name, part in value.items():
            node = fields.get(field(name))
            if node is None:
                kept[name] = part
            elif not is_member(node):
                kept[name] = without(part, node, shape.at(name))
        return kept or None
    if isinstance(value, list):
        return _list_without(value, fields, shape) if shape.how in ("keyed", "set") else None
    return value


def _list_without(values: list[Any], fields: Fields, shape: Shape) -> list[Any] | None:
    kept = []
    for value in values:
        node = fields.get(item(value, shape))
        if node is None:
            kept.append(value)
        elif not is_member(node) and (left := without(value, node, shape.of_items)) is not None:
            kept.append(left)
    return kept or None


def settled(value: Any, applied: Any) -> Any:
    """Return a merged value without the nulls that nobody asked for: what was emptied is gone."""
    if isinstance(value, dict):
        said = applied if isinstance(applied, dict) else {}
        kept = {name: part for name, part in value.items() if part is not None or (name in said and said[name] is None)}
        return {name: settled(part, said.get(name)) for name, part in kept.items()}
    if isinstance(value, list):
        return [settled(part, None) for part in value if part is not None]
    return value
