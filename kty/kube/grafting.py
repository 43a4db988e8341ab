"""Carry a change made on a part of an object over to the whole: what the part does not show stays as it is."""

from typing import Any


def graft(whole: Any, before: Any, after: Any) -> Any:
    """Return `whole` with what changed from `before` to `after`, both of which show only parts of it.

    Items of lists are matched by their `name` where all have one, else by being equal, else by their place.
    """
    if before == after:
        return whole
    match whole, before, after:
        case dict(), dict(), dict():
            return _grafted(whole, before, after)
        case list(), list(), list() if len(whole) == len(before):
            return [_item(item, index, whole, before, after) for index, item in enumerate(after)]
    return after


def _grafted(whole: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    result = {key: value for key, value in whole.items() if key not in before or key in after}
    for key, value in after.items():
        if key not in before:
            result[key] = value
        elif before[key] != value:
            result[key] = graft(whole.get(key), before[key], value)
    return result


def _item(item: Any, index: int, whole: list[Any], before: list[Any], after: list[Any]) -> Any:
    if _all_named(before) and _all_named(after):
        place = next((at for at, each in enumerate(before) if each["name"] == item["name"]), None)
    elif item in before:
        place = before.index(item)
    else:
        place = index if len(before) == len(after) else None
    return item if place is None else graft(whole[place], before[place], item)


def _all_named(items: list[Any]) -> bool:
    names = [each.get("name") for each in items if isinstance(each, dict)]
    return len(names) == len(items) and all(names) and len(set(names)) == len(names)
