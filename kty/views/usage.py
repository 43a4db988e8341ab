"""Columns of what is used of processor and memory, beside what was asked for and what is allowed.

Usage comes from metrics.k8s.io, the bounds from the object itself. A share is what the parts that have a bound use of
their bounds: a container without a limit does not count towards a share of limits.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kty.kube.usage import Usage
from kty.views.quantities import amount, in_bytes, in_units
from kty.views.view import Column, Tone

Measure: TypeAlias = Literal["cpu", "memory"]
NEAR, FULL = 0.8, 0.95
"""The shares of a limit from which on a value is shown as a warning, and as bad."""


class Bound(NamedTuple):
    """What one part asks for and may have: cores or bytes."""

    part: str
    """The container's name; empty for the object as a whole."""
    request: float | None
    limit: float | None


class Bounds(NamedTuple):
    """What the parts of an object ask for and may have; objects of one template keep it once."""

    cpu: tuple[Bound, ...] = ()
    memory: tuple[Bound, ...] = ()
    word: str = "limit"
    """What the limit is called."""


class Reading(NamedTuple):
    """What is known of the usage of one object."""

    usage: Usage
    is_old: bool = False


class Measured(NamedTuple):
    """What an object may use, and what it does."""

    measure: Measure
    kept: Bounds
    usage: Usage | None = None
    is_old: bool = False

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return self.kept.cpu if self.measure == "cpu" else self.kept.memory

    @property
    def used(self) -> float | None:
        """Cores, or bytes."""
        return None if self.usage is None else sum(getattr(self.usage, self.measure))

    @property
    def request(self) -> float | None:
        return _sum([bound.request for bound in self.bounds])

    @property
    def limit(self) -> float | None:
        return _sum([bound.limit for bound in self.bounds])

    @property
    def share_of_request(self) -> float | None:
        """Return how much of what it asks for is used: 1 is all of it. None where it asks for nothing."""
        return self._share([(bound.part, bound.request) for bound in self.bounds])

    @property
    def share_of_limit(self) -> float | None:
        """Return how much of what is allowed is used: 1 is all of it. None where nothing limits it."""
        return self._share([(bound.part, bound.limit) for bound in self.bounds])

    @property
    def fullest(self) -> float:
        """The share of the part that is nearest to its limit: each container has its own end."""
        shares = [self._share([(bound.part, bound.limit)]) for bound in self.bounds]
        return max([share for share in shares if share is not None], default=0.0)

    def _share(self, bounds: Iterable[tuple[str, float | None]]) -> float | None:
        used = whole = 0.0
        for part, bound in bounds:
            found = self._of(part)
            if bound and found is not None:
                used, whole = used + found, whole + bound
        return used / whole if whole else None

    def _of(self, part: str) -> float | None:
        usage = self.usage
        if usage is None or not part:
            return self.used
        return getattr(usage, self.measure)[usage.parts.index(part)] if part in usage.parts else None


def _sum(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount]
    return sum(known) if known else None


class Amounts(Struct, gc=False):
    """Quantities of what is measured."""

    cpu: str | None = None
    memory: str | None = None


_NONE = Amounts()


class Resources(Struct, gc=False):
    """The `resources` of a container or of a pod."""

    requests: Amounts | None = None
    limits: Amounts | None = None

    def asked(self, part: str) -> "Asked":
        requests, limits = self.requests or _NONE, self.limits or _NONE
        return (part, requests.cpu, limits.cpu, requests.memory, limits.memory)


Asked: TypeAlias = tuple[str, str | None, str | None, str | None, str | None]
"""A part's name, then request and limit of CPU and of memory, as quantities."""


def as_whole(whole: Asked, parts: Sequence[Asked]) -> tuple[Asked, ...]:
    """Return what is asked for where the whole may say it: what it says goes before what its parts do."""
    cpu, memory = any(whole[1:3]), any(whole[3:5])
    left = [
        (name, None if cpu else first, None if cpu else second, None if memory else third, None if memory else fourth)
        for name, first, second, third, fourth in parts
    ]
    return (whole, *left)


@lru_cache(maxsize=4096)
def bounds(asked: tuple[Asked, ...], word: str = "limit") -> Measured:
    """Return what the parts may use, not joined to what they do yet."""
    cpu = tuple([Bound(part, amount(request), amount(limit)) for part, request, limit, _, _ in asked])
    memory = tuple([Bound(part, amount(request), amount(limit)) for part, _, _, request, limit in asked])
    return Measured("cpu", Bounds(cpu, memory, word))


def _join(measure: Measure) -> Callable[[Any, Any], Measured | None]:
    """Return what joins what an object may use to the `Reading` of what it does; None where it was not measured."""

    def join(kept: Any, reading: Any) -> Measured | None:
        if kept is None or reading is None:
            return None
        return Measured(measure, kept.kept, reading.usage, reading.is_old)

    return join


def in_millicores(value: float | None, now: float) -> str:
    """Show cores as kubectl top does: `250m`."""
    return "" if value is None else f"{round(value * 1000)}m"


def _bound(value: float, measure: Measure) -> str:
    """Show a bound as people write it: `100m`, `4`, `128Mi`."""
    if measure == "memory":
        return in_bytes(value, 0.0)
    return in_units(value, 0.0) if value == int(value) else in_millicores(value, 0.0)


def _used(value: Measured | None) -> float | None:
    return None if value is None else value.used


def tone_of_usage(value: Measured | None) -> Tone:
    """Return how bad it looks: near a limit, or not known any more."""
    if value is None or value.usage is None:
        return ""
    if value.is_old:
        return "dim"
    return tone_of_share(value.fullest)


def tone_of_share(share: float) -> Tone:
    """Return how bad it is to use so much of a limit."""
    return "bad" if share >= FULL else "warn" if share >= NEAR else ""


def _tone_of_age(value: Measured | None) -> Tone:
    return "dim" if value is not None and value.is_old else ""


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _show_percent(value: Measured | None, share: float | None) -> str:
    if value is None or value.usage is None:
        return ""
    return "-" if share is None else f"{share:.0%}"


_SHOWS: dict[Measure, Callable[[float | None, float], str]] = {"cpu": in_millicores, "memory": in_bytes}


def usage_columns(asked: Callable[[Any], tuple[Asked, ...]]) -> tuple[Column, ...]:
    """Return what is used of CPU and memory, each with its percent of request and of limit in the wide view."""
    found: list[Column] = []
    for used in _used_columns(lambda obj: bounds(asked(obj))):
        found += [used, _share_column(used, "%R", "share_of_request"), _share_column(used, "%L", "share_of_limit")]
    return tuple(found)


def usage_of_whole(whole: Callable[[Any, Measure], str | None], word: str) -> tuple[Column, Column, Column, Column]:
    """Return what is used of CPU and memory, each with its percent of what there is; the word says what that is."""
    cpu, memory = _used_columns(lambda obj: bounds((("", None, whole(obj, "cpu"), None, whole(obj, "memory")),), word))
    return (
        cpu,
        _share_column(cpu, "%", "share_of_limit", wide=False),
        memory,
        _share_column(memory, "%", "share_of_limit", wide=False),
    )


def _used_columns(get: Callable[[Any], Measured]) -> tuple[Column, Column]:
    """Return the column that keeps what all of them are joined to, and the one for memory."""
    cpu = _used_column("CPU", "cpu", get)
    return cpu, replace(_used_column("Memory", "memory", _nothing), kept=cpu)


def _used_column(title: str, measure: Measure, get: Callable[[Any], Any]) -> Column:
    show = _SHOWS[measure]
    return Column(
        title,
        get,
        lambda value, now: show(_used(value), now),
        order="number",
        compare=_used,
        tone=tone_of_usage,
        right=True,
        joins=_join(measure),
    )


def _nothing(obj: Any) -> None:
    return None


def _share_column(
    used: Column, title: str, share: Literal["share_of_request", "share_of_limit"], *, wide: bool = True
) -> Column:
    def of(value: Measured | None) -> float | None:
        return None if value is None else getattr(value, share)

    return Column(
        f"{used.title} {title}",
        _nothing,
        lambda value, now: _show_percent(value, of(value)),
        order="number",
        compare=lambda value: _percent(of(value)),
        tone=tone_of_usage if share == "share_of_limit" else _tone_of_age,
        wide=wide,
        right=True,
        joins=used.joins,
        kept=used.kept or used,
    )


LEGEND = (
    ("R", "request: what is set aside for it"),
    ("L", "limit: the most that it may use"),
    ("A", "allocatable: what a node has for pods"),
)
"""What the letters mean in the titles of columns, and beside the sparklines where there is no room for words."""


def sayings(value: Measured) -> tuple[str, ...]:
    """Say what is used, and of how much, in several ways: the longest first."""
    used = _SHOWS[value.measure](value.used, 0.0)
    known = [
        (word, _bound(bound, value.measure), share)
        for word, bound, share in (
            ("request", value.request, value.share_of_request),
            (value.kept.word, value.limit, value.share_of_limit),
        )
        if bound is not None
    ]
    plain = [f"{word} {bound}" for word, bound, _ in known]
    long = [f"{word} {bound}" if share is None else f"{share:.0%} of {word} {bound}" for word, bound, share in known]
    short = [f"{word[0].upper()} {bound}" for word, bound, _ in known]
    return tuple(dict.fromkeys(["  ".join([used, *each]) for each in (long, plain, short, ())]))
