"""Columns of what is used of processor and memory, beside what was asked for and what is allowed.

Usage comes from metrics.k8s.io, the bounds from the object itself. A share is what the parts that have a bound use of
their bounds: a container without a limit does not count towards a share of limits.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

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


class Reading(NamedTuple):
    """What is known of the usage of one object."""

    usage: Usage
    is_old: bool = False


class Measured(NamedTuple):
    """What an object may use, and what it does."""

    measure: Measure
    bounds: tuple[Bound, ...] = ()
    usage: Usage | None = None
    is_old: bool = False
    word: str = "limit"
    """What the limit is called."""

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


Asked: TypeAlias = tuple[str, str | None, str | None]
"""A part's name, its request and its limit, as quantities."""


@lru_cache(maxsize=4096)
def bounds(measure: Measure, asked: tuple[Asked, ...], word: str) -> Measured:
    """Return what the parts may use; objects of one template keep it once."""
    parts = tuple([Bound(part, amount(request), amount(limit)) for part, request, limit in asked])
    return Measured(measure, parts, word=word)


def join(kept: Any, reading: Any) -> Measured | None:
    """Join what an object may use to the `Reading` of what it does; None where it was not measured."""
    if kept is None or reading is None:
        return None
    return Measured(kept.measure, kept.bounds, reading.usage, reading.is_old, kept.word)


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


SHOWS: dict[Measure, Callable[[float | None, float], str]] = {"cpu": in_millicores, "memory": in_bytes}
_TITLES: dict[Measure, str] = {"cpu": "CPU", "memory": "Memory"}


def usage_columns(measure: Measure, asked: Callable[[Any], tuple[Asked, ...]]) -> tuple[Column, Column, Column]:
    """Return what is used, and in the wide view how much of the request and of the limit that is, in percent."""
    used = _used_column(measure, asked)
    return used, _share_column(used, "%R", "share_of_request", _tone_of_age), _limit_column(used, "%L", wide=True)


def usage_of_whole(measure: Measure, whole: Callable[[Any], str | None], word: str) -> tuple[Column, Column]:
    """Return what is used, and how much that is in percent of what there is; the word is what that is called."""
    used = _used_column(measure, lambda obj: (("", None, whole(obj)),), word)
    return used, _limit_column(used, "%", wide=False)


def _used_column(measure: Measure, asked: Callable[[Any], tuple[Asked, ...]], word: str = "limit") -> Column:
    show = SHOWS[measure]
    return Column(
        _TITLES[measure],
        lambda obj: bounds(measure, asked(obj), word),
        lambda value, now: show(_used(value), now),
        order="number",
        compare=_used,
        tone=tone_of_usage,
        right=True,
        joins=join,
    )


def _limit_column(used: Column, title: str, *, wide: bool) -> Column:
    return _share_column(used, title, "share_of_limit", tone_of_usage, wide=wide)


def _share_column(
    used: Column,
    title: str,
    share: Literal["share_of_request", "share_of_limit"],
    tone: Callable[[Any], Tone],
    *,
    wide: bool = True,
) -> Column:
    def of(value: Measured | None) -> float | None:
        return None if value is None else getattr(value, share)

    return Column(
        f"{used.title} {title}",
        lambda obj: None,
        lambda value, now: _show_percent(value, of(value)),
        order="number",
        compare=lambda value: _percent(of(value)),
        tone=tone,
        wide=wide,
        right=True,
        joins=join,
        kept=used,
    )


def sayings(value: Measured) -> tuple[str, ...]:
    """Say what is used, and of how much, in several ways: the longest first."""
    used = SHOWS[value.measure](value.used, 0.0)
    known = [
        (word, _bound(bound, value.measure), share)
        for word, bound, share in (
            ("request", value.request, value.share_of_request),
            (value.word, value.limit, value.share_of_limit),
        )
        if bound is not None
    ]
    long = [f"{word} {bound}" if share is None else f"{share:.0%} of {word} {bound}" for word, bound, share in known]
    short = [f"{word[0].upper()} {bound}" for word, bound, _ in known]
    return "  ".join([used, *long]), "  ".join([used, *short]), used
