"""How programs log of which nothing but the kind is known: `styles.json` has their lines.

A text may name what is drawn for each event anew: `$clock`, `$name` and `$pod` of the container, `$why` it failed, and
the style's own draws: one of a list, a number of a range (`2-90`, `0.5-2.0`), or a text so many times. Names that are
drawn twice in an event stay the same. `2>` before a text sends it to the standard error.
"""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Stream: TypeAlias = Literal["stdout", "stderr"]

_FILE: Final = Path(__file__).with_name("styles.json")
_NAME: Final = re.compile(r"\$(?:([a-z]+)|\{([a-z]+)\})")
_RANGE: Final = re.compile(r"(\d+)(?:\.(\d+))?-(\d+)(?:\.\d+)?")


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
    last_words: str = ""
    """Why it fails, where that is known."""


class Style:
    """One entry of the file."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.pace = float(content["pace"])
        """Seconds between two events, about."""
        self._clock: str = content["clock"]
        self._why: str = content["why"]
        self._draws: dict[str, Any] = content.get("draws", {})
        self._weights = [weight for weight, *_ in content["events"]]
        self._events: list[list[str]] = [texts for _, *texts in content["events"]]
        self._start: list[str] = content["start"]
        self._crash: list[str] = content["crash"]

    def event(self, chance: random.Random, at: float, context: Context) -> list[Said]:
        """Return what is logged at a time, in seconds since the epoch: lines that belong together."""
        return self._said(chance.choices(self._events, self._weights)[0], chance, at, context)

    def start(self, chance: random.Random, at: float, context: Context) -> list[Said]:
        return self._said(self._start, chance, at, context)

    def crash(self, chance: random.Random, at: float, context: Context) -> list[Said]:
        return self._said(self._crash, chance, at, context)

    def _said(self, texts: Sequence[str], chance: random.Random, at: float, context: Context) -> list[Said]:
        when = datetime.fromtimestamp(at, UTC)
        clock = when.strftime(self._clock.replace("%3f", f"{when.microsecond // 1000:03}"))
        known = {"clock": clock, "name": context.name, "pod": context.pod, "why": context.last_words or self._why}
        said: list[Said] = []
        for text in texts:
            stream: Stream = "stderr" if text.startswith("2>") else "stdout"
            said += [Said(line, stream) for line in self._filled(text.removeprefix("2>"), chance, known).split("\n")]
        return said

    def _filled(self, text: str, chance: random.Random, known: dict[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            if name not in known:
                known[name] = self._drawn(self._draws[name], chance, known)
            return known[name]

        return _NAME.sub(value, text)

    def _drawn(self, draw: Any, chance: random.Random, known: dict[str, str]) -> str:
        if isinstance(draw, dict):
            times = int(self._drawn(draw["times"], chance, known))
            return str(draw["between"].join([self._filled(draw["text"], chance, dict(known)) for _ in range(times)]))
        if isinstance(draw, list):
            return self._filled(chance.choice(draw), chance, known)
        if found := _RANGE.fullmatch(draw):
            least, most = map(float, draw.split("-"))
            return f"{chance.uniform(least, most):.{len(found[2] or '')}f}"
        return self._filled(draw, chance, known)


@cache
def style(name: str) -> Style:
    """Return a style by its name in the file."""
    return _styles()[name]


@cache
def _styles() -> dict[str, Style]:
    return {name: Style(content) for name, content in json.loads(_FILE.read_bytes()).items()}
