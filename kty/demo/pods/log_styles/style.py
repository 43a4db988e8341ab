"""What a style of logging consists of."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

Stream: TypeAlias = Literal["stdout", "stderr"]


class Said(NamedTuple):
    """A line without its newline."""

    text: str
    stream: Stream = "stdout"


@dataclass(frozen=True, slots=True)
class Context:
    """What a program knows of itself when it logs."""

    name: str
    """The container's."""
    pod: str
    namespace: str
    last_words: str = ""
    """Why it fails, where that is known."""


Event: TypeAlias = Callable[[random.Random, float, Context], list[Said]]
"""Say what is logged at a time, in seconds since the epoch: one line, or several that belong together."""


@dataclass(frozen=True)
class Style:
    """How one kind of program logs."""

    event: Event
    start: Event
    """What it says first."""
    crash: Event
    """What it says when it fails."""
    pace: float
    """Seconds between two events, about."""


def moment(at: float, shape: str) -> str:
    """Format a time; `%3f` are milliseconds."""
    when = datetime.fromtimestamp(at, UTC)
    return when.strftime(shape.replace("%3f", f"{when.microsecond // 1000:03}"))


def address(chance: random.Random) -> str:
    return f"10.{chance.randrange(240, 246)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def identity(chance: random.Random) -> str:
    """Return sixteen hexadecimal digits."""
    return f"{chance.getrandbits(64):016x}"
