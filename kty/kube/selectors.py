"""Label selectors, read and matched here exactly as the API server does it (apimachinery, pkg/labels)."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import gt, lt
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from kty.errors import UsageError
from kty.kube.objects import Object
from kty.text import printable

Operator: TypeAlias = Literal["in", "notin", "exists", "!", ">", "<"]
"""`=` and `==` are `in` with one value, `!=` is `notin` with one value."""

Labels: TypeAlias = tuple[str, ...]
Test: TypeAlias = Callable[[Labels], bool]

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!<>(),]|[^ \t\r\n=!<>(),]+|\Z)")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_INTEGER = re.compile(r"[0-9]{1,63}")
_MAX_INT64 = 2**63 - 1
_OPERATORS: dict[str, Operator] = {
    "=": "in",
    "==": "in",
    "in": "in",
    "!=": "notin",
    "notin": "notin",
    ">": ">",
    "<": "<",
}
_EXPRESSIONS: dict[str, Operator] = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


class SelectorMistake(UsageError):
    """A label or field selector that cannot be read; `start` and `end` are offsets of the wrong part in its text."""

    def __init__(self, message: str, *, start: int, end: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end


class Requirement(Struct, frozen=True):
    """One part of a selector; an object must meet all of them."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()
    """Sorted; none for `exists` and `!`, one for `>` and `<`."""

    def test(self) -> Test:
        """Return what says whether labels, given as sorted `key=value`, meet this requirement."""
        labels_with = {f"{self.key}={value}" for value in self.values}
        match self.operator:
            case "in":
                return lambda labels: not labels_with.isdisjoint(labels)
            case "notin":
                return labels_with.isdisjoint
            case "exists":
                return lambda labels: _value(self.key, labels) is not None
            case "!":
                return lambda labels: _value(self.key, labels) is None
        holds, bound = gt if self.operator == ">" else lt, int(self.values[0])

        def test(labels: Labels) -> bool:
            number = _integer(_value(self.key, labels) or "")
            return number is not None and holds(number, bound)

        return test

    def __str__(self) -> str:
        match self.operator, self.values:
            case "exists", _:
                return self.key
            case "!", _:
                return f"!{self.key}"
            case "in", (value,):
                return f"{self.key}={value}"
            case "notin", (value,):
                return f"{self.key}!={value}"
            case ("in" | "notin") as operator, values:
                return f"{self.key} {operator} ({','.join(values)})"
            case operator, values:
                return f"{self.key}{operator}{values[0]}"


@dataclass(frozen=True, slots=True)
class Selector:
    """What labels must be like; without requirements every object is selected. `str` gives what the server takes."""

    requirements: tuple[Requirement, ...] = ()
    """Sorted by key."""
    _tests: tuple[Test, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tests", tuple([requirement.test() for requirement in self.requirements]))

    def matches(self, labels: Labels) -> bool:
        """Say whether labels, given as sorted `key=value` as rows keep them, are selected."""
        for test in self._tests:  # noqa: SIM110 - half as quick otherwise, and every row asks
            if not test(labels):
                return False
        return True

    def selects(self, obj: Object) -> bool:
        """Say whether an object is selected, by its metadata.labels."""
        labels = (obj.get("metadata") or {}).get("labels") or {}
        return self.matches(tuple(sorted([f"{key}={value}" for key, value in labels.items()])))

    def __str__(self) -> str:
        return ",".join([str(requirement) for requirement in self.requirements])


def parse(text: str) -> Selector:
    """Read a label selector as kubectl's -l takes it. Raises SelectorMistake."""
    return Selector(tuple(sorted(_Parser(text).requirements(), key=lambda requirement: requirement.key)))


def from_object(content: Object) -> Selector:
    """Return what a LabelSelector (meta/v1), as objects carry it, selects; an empty one selects every object.

    Raises UsageError for an expression that is none: to leave it out would select more.
    """
    required = [Requirement(key, "in", (str(value),)) for key, value in (content.get("matchLabels") or {}).items()]
    for each in content.get("matchExpressions") or ():
        key, name, values = each.get("key"), each.get("operator"), tuple(sorted(each.get("values") or ()))
        operator = _EXPRESSIONS.get(name)
        if not key or operator is None or bool(values) is not (operator in ("in", "notin")):
            raise UsageError(f"label selector: {printable(str(each))[:200]} is no expression")
        required.append(Requirement(key, operator, values))
    return Selector(tuple(sorted(required, key=lambda requirement: requirement.key)))


class _Token(NamedTuple):
    text: str
    """Empty at the end."""
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text != "" and self.text[0] not in "=!<>(),"

    def instead_of(self, expected: str) -> SelectorMistake:
        found = f"{printable(self.text)[:60]!r} stands" if self.text else "it ends"
        message = f"label selector: {found} where {expected} should {'be' if self.text else 'follow'}"
        return SelectorMistake(message, start=self.start, end=self.end)

    def cannot_be(self, part: Literal["key", "value"]) -> SelectorMistake:
        prefix = ", after a prefix such as example.com/ or none" if part == "key" else ""
        return SelectorMistake(
            f"label selector: {printable(self.text)[:60]!r} cannot be the {part} of a label",
            start=self.start,
            end=self.end,
            hint=f"at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last{prefix}",
        )


class _Parser:
    """Takes one token after the other; the last one, which is empty, stays for ever."""

    def __init__(self, text: str) -> None:
        self._tokens = [_Token(found[1], found.start(1), found.end(1)) for found in _TOKEN.finditer(text)]
        self._at = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        if token.text:
            self._at += 1
        return token

    def _took(self, sign: str) -> bool:
        return self._next.text == sign and bool(self._take())

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        if not self._next.text:
            return found
        while not found or self._took(","):
            found.append(self._requirement())
        if self._next.text:
            raise self._next.instead_of("a comma")
        return found

    def _requirement(self) -> Requirement:
        absent = self._took("!")
        key = self._take()
        if not key.is_word:
            raise key.instead_of("the key of a label")
        if not _is_key(key.text):
            raise key.cannot_be("key")
        if absent or self._next.text in ("", ","):
            return Requirement(key.text, "!" if absent else "exists")
        sign = self._take()
        operator = _OPERATORS.get(sign.text)
        if operator is None:
            raise sign.instead_of("one of = == != in notin < >")
        if sign.text in ("in", "notin"):
            return Requirement(key.text, operator, self._set())
        place = self._next
        value = self._value()
        if operator in (">", "<") and _integer(value) is None:
            raise place.instead_of("a whole number")
        return Requirement(key.text, operator, (value,))

    def _set(self) -> tuple[str, ...]:
        if not self._took("("):
            raise self._next.instead_of("a set such as (a, b)")
        values = {self._value()}
        while self._took(","):
            values.add(self._value())
        if not self._took(")"):
            raise self._next.instead_of("a comma or )")
        return tuple(sorted(values))

    def _value(self) -> str:
        """Take a value: nothing before a comma, a parenthesis or the end, where the empty value is meant."""
        if self._next.text in ("", ",", ")"):
            return ""
        token = self._take()
        if not token.is_word:
            raise token.instead_of("a value")
        if not _NAME.fullmatch(token.text):
            raise token.cannot_be("value")
        return token.text


def _is_key(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    if slash and (len(prefix) > 253 or not _PREFIX.fullmatch(prefix)):
        return False
    return _NAME.fullmatch(name) is not None


def _value(key: str, labels: Labels) -> str | None:
    start = f"{key}="
    at = bisect_left(labels, start)
    return labels[at][len(start) :] if at < len(labels) and labels[at].startswith(start) else None


def _integer(value: str) -> int | None:
    number = int(value) if _INTEGER.fullmatch(value) else None
    return number if number is not None and number <= _MAX_INT64 else None
