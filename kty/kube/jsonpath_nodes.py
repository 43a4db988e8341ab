"""What a JSONPath template consists of: nodes that lead from value to value, each with its place in the text."""

from dataclasses import dataclass
from typing import TypeAlias

from kty.errors import UsageError


class PathMistake(UsageError):
    """A JSONPath that cannot be read or followed; `start` and `end` are offsets of the wrong part in its text."""

    def __init__(self, message: str, *, start: int, end: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a template, and where it stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number or a truth value, in the place of each value that leads to it."""

    value: float | bool


@dataclass(frozen=True, slots=True)
class Field(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    pass


@dataclass(frozen=True, slots=True)
class Recursive(Node):
    """A value, and all that is in it."""


@dataclass(frozen=True, slots=True)
class Slice(Node):
    first: int | None
    last: int | None
    """Not in it any more."""
    step: int
    is_index: bool = False
    """Whether it is one place only: `last` means nothing then."""


@dataclass(frozen=True, slots=True)
class Union(Node):
    branches: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Filter(Node):
    left: "Path"
    sign: str
    """Empty where it is enough that the left side leads anywhere."""
    right: "Path"


Path: TypeAlias = tuple[Node, ...]
"""Nodes that lead from value to value."""


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """What is said for each value that a path leads to."""

    over: Path
    body: "Body"


Body: TypeAlias = tuple[Path | Loop, ...]
"""What is said, one after the other."""


def mistake(message: str, start: int, end: int, hint: str = "") -> PathMistake:
    """Return the mistake that was found at a place."""
    return PathMistake(f"JSONPath: {message}", start=start, end=end, hint=hint)
