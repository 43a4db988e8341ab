"""JSONPath as kubectl has it (`-o jsonpath=…`, client-go, util/jsonpath): the values that it leads to, and as text.

Where kubectl cannot be meant, this does otherwise: an empty list among others hides none of them, a whole number may be
compared with a fraction, and a range without its end is a mistake.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from kty.kube.jsonpath_nodes import (
    Body,
    Field,
    Filter,
    Loop,
    Node,
    Number,
    Path,
    PathMistake,
    Recursive,
    Slice,
    Text,
    Union,
    Wildcard,
    mistake,
)
from kty.kube.jsonpath_syntax import read

__all__ = ["PathMistake", "Template", "parse", "parse_path", "printed"]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_IN_JSON: Final = re.compile("[<>&\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Template:
    """A JSONPath template that was read. `str` gives its text."""

    source: str
    _body: Body = field(repr=False, compare=False)

    def text(self, obj: Any, *, allow_missing: bool = True) -> str:
        """Return what kubectl prints for an object (a list of them is an object too, with `items`).

        Raises PathMistake where it does not fit the object, and where `allow_missing` is off and a field is missing.
        """
        return "".join([" ".join(map(printed, each)) for each in _groups(self._body, [obj], allow_missing)])

    def values(self, obj: Any, *, allow_missing: bool = True) -> list[Any]:
        """Return the values that it leads to, those of all its parts. Raises PathMistake as `text` does."""
        return [value for each in _groups(self._body, [obj], allow_missing) for value in each]

    def __str__(self) -> str:
        return self.source


@lru_cache(maxsize=512)
def parse(text: str) -> Template:
    """Read a template such as `{.metadata.name}: {.status.phase}`. Raises PathMistake."""
    return Template(text, read(text))


def parse_path(text: str) -> Template:
    """Read one path as printer columns and kubectl's --sort-by take it: without braces or first dot, too.

    Raises PathMistake, with the place in `{.path}` as it is then.
    """
    inside = text.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    return parse("{" + (inside if not inside or inside[0] in ".[@" else f".{inside}") + "}")


def _groups(body: Body, values: list[Any], lax: bool) -> Iterator[list[Any]]:
    """Yield the values of each part, again and again for those in a range."""
    for part in body:
        if isinstance(part, Loop):
            for value in _followed(part.over, values, lax):
                yield from _groups(part.body, [value], lax)
        else:
            yield _followed(part, values, lax)


def _followed(path: Path, values: list[Any], lax: bool) -> list[Any]:
    for node in path:
        values = list(_step(node, values, lax))
    return values


def _step(node: Node, values: list[Any], lax: bool) -> Iterable[Any]:
    match node:
        case Text(text=text):
            return [text]
        case Number(value=number):
            return [number] * len(values)
        case Field(name=name):
            found = [value[name] for value in values if isinstance(value, dict) and name in value]
            if values and not found and not lax:
                raise _wrong(node, f"{name!r} is not found")
            return found
        case Wildcard():
            return [part for value in values for part in _parts(value)]
        case Recursive():
            return [part for value in values for part in _all_within(value)]
        case Slice():
            return [part for value in values if value is not None for part in _sliced(node, value)]
        case Union(branches=branches):
            return [value for branch in branches for value in _followed(branch, values, lax)]
        case Filter():
            return [part for value in values for part in _filtered(node, value, lax)]
    raise TypeError(f"{node} leads nowhere")


def _wrong(node: Node, message: str) -> PathMistake:
    return mistake(message, node.start, node.end)


def _parts(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _all_within(value: Any) -> Iterator[Any]:
    """Yield a value and all that is in it, the outer first: lists, objects and texts, unless they are empty."""
    ahead = [value]
    while ahead:
        value = ahead.pop()
        if value and isinstance(value, dict | list | str):
            yield value
            ahead.extend(reversed(list(_parts(value))))


def _sliced(node: Slice, value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _wrong(node, f"{_kind(value)} is no list")
    size = len(value)
    first = (node.first or 0) + (size if (node.first or 0) < 0 else 0)
    last = first + 1 if node.is_index else size if node.last is None else node.last + (size if node.last < 0 else 0)
    if first == last:
        return ()
    for index in (first, last - 1):
        if not 0 <= index < size:
            raise _wrong(node, f"there is no place {index} in a list of {size}")
    if first > last:
        raise _wrong(node, f"place {first} does not come before place {last}")
    return value[first : last : node.step]


def _filtered(node: Filter, value: Any, lax: bool) -> Iterator[Any]:
    if not isinstance(value, list):
        raise _wrong(node, f"{_kind(value)} is no list that could be filtered")
    for each in value:
        if not node.sign:
            if _leads_anywhere(node.left, each):
                yield each
            continue
        left, right = (_followed(side, [each], lax) for side in (node.left, node.right))
        if not left or not right:
            continue
        if len(left) > 1 or len(right) > 1:
            raise _wrong(node, "a filter compares one value with one, and here are more")
        if _holds(node, left[0], right[0]):
            yield each


def _leads_anywhere(path: Path, value: Any) -> bool:
    try:
        return bool(_followed(path, [value], True))
    except PathMistake:
        return False


def _holds(node: Filter, left: Any, right: Any) -> bool:
    kinds = {_kind(left), _kind(right)}
    is_ordered = node.sign not in ("==", "!=")
    if len(kinds) > 1 or kinds & {"an object", "a list", "null"} or (is_ordered and kinds == {"true or false"}):
        raise _wrong(node, f"{_kind(left)} and {_kind(right)} cannot be compared by {node.sign}")
    return _COMPARE[node.sign](left, right)


def _kind(value: Any) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
    return "null"


def printed(value: Any) -> str:
    """Return a value as Go prints it: a text as it is, objects and lists as compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _go_float(value, least=-4, below=6, digits=2)
    return _json(value)


def _json(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join([f"{_json(key)}:{_json(value[key])}" for key in sorted(value)]) + "}"
        case list():
            return "[" + ",".join(map(_json, value)) + "]"
        case float():
            return _go_float(value, least=-6, below=21, digits=1)
        case str():
            quoted = json.dumps(value, ensure_ascii=False)
            return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    return json.dumps(value)


def _go_float(number: float, *, least: int, below: int, digits: int) -> str:
    """Print a float as Go does: with an exponent of so many digits at least where the number is small or large."""
    if not isfinite(number):
        return str(number)
    exact = Decimal(repr(number)).normalize()
    sign, figures, exponent = exact.as_tuple()
    power = len(figures) - 1 + int(exponent)
    if not number or least <= power < below:
        return f"{exact:f}"
    first, rest = figures[0], "".join(map(str, figures[1:]))
    return f"{'-' * sign}{first}{'.' * bool(rest)}{rest}e{'-' if power < 0 else '+'}{abs(power):0{digits}d}"
