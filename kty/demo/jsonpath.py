"""The JSONPath of printer columns: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`."""

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias

Step: TypeAlias = Callable[[Any], Iterable[Any]]
"""From one value to those that it leads to."""

_PART: Final = re.compile(
    r"""
    \.\.(?P<deep>\*|(?:\\.|[^.\[\\])+)            # ..name
    | \.?\[\?\(\s*@(?P<path>[^=!<>~\s)]*)\s*(?:(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>"[^"]*"|'[^']*'|[^)]+?))?\s*\)\]
    | \.?\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]   # ['name']
    | \.?\[(?P<inside>[-0-9:,*\s]+)\]              # [0], [1:3], [*], [0,1]
    | \.(?P<name>\*|(?:\\.|[^.\[\\])+)            # .name
    """,
    re.VERBOSE,
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def first(path: str, obj: Any) -> Any:
    """Return the first value that a path leads to; None where it leads nowhere."""
    return next(iter(found(path, obj)), None)


def found(path: str, obj: Any) -> list[Any]:
    """Return all values that a path leads to; a path that cannot be read leads nowhere."""
    values = [obj]
    for step in _steps(path):
        values = [value for each in values for value in step(each)]
    return values


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[Step, ...]:
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    if text and text[0] not in ".[":
        text = f".{text}"
    steps: list[Step] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return (lambda value: (),)
        steps.append(_step(part))
        at = part.end()
    return tuple(steps)


def _step(part: re.Match[str]) -> Step:
    if part["path"] is not None:
        return _filter(part["path"], part["sign"], part["value"])
    if part["inside"] is not None:
        return _inside(part["inside"].strip())
    if part["deep"] is not None:
        return lambda value: _deep(value, _plain(part["deep"]))
    name = part["quoted"] if part["quoted"] is not None else _plain(part["name"])
    return _every if name == "*" else lambda value: _field(value, name)


def _plain(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _field(value: Any, name: str) -> Iterable[Any]:
    return (value[name],) if isinstance(value, dict) and name in value else ()


def _every(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _deep(value: Any, name: str) -> Iterable[Any]:
    yield from _every(value) if name == "*" else _field(value, name)
    for inner in _every(value):
        yield from _deep(inner, name)


def _inside(text: str) -> Step:
    if text == "*":
        return _every
    if ":" in text:
        bounds = [int(part) if part.strip() else None for part in text.split(":")]
        return lambda value: value[slice(*bounds)] if isinstance(value, list) else ()
    places = [int(part) for part in text.split(",")]

    def step(value: Any) -> Iterable[Any]:
        if isinstance(value, list):
            return [value[place] for place in places if -len(value) <= place < len(value)]
        return ()

    return step


def _filter(path: str, sign: str | None, text: str | None) -> Step:
    def step(value: Any) -> Iterable[Any]:
        if not isinstance(value, list):
            return
        for each in value:
            left = found(path, each) if path else [each]
            if left and (sign is None or text is None or _holds(sign, left[0], _literal(text))):
                yield each

    return step


def _literal(text: str) -> Any:
    if text[0] == "'":
        return text[1:-1]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _holds(sign: str, left: Any, right: Any) -> bool:
    try:
        return _COMPARE[sign](left, right)
    except TypeError:
        return False
