"""How the cells of a column measure up to a bound that was typed: numbers, amounts, durations."""

from collections.abc import Callable
from typing import TypeAlias

from kty.kube.objects import Row
from kty.views.durations import seconds
from kty.views.fields import Field, fold
from kty.views.quantities import amount

Measure: TypeAlias = Callable[[Row, float], float | None]
"""From a row and the time now to a number; None where the row has nothing to measure."""

Scale: TypeAlias = tuple[float, Measure]
"""A bound, and what measures rows in its unit."""


def scales(field: Field, bound: str) -> tuple[Scale, ...]:
    """Return the ways to measure rows against a bound, the best one first; none for a bound without measure here.

    A column of text has cells of several kinds: 90s and 2h30m are durations, 10Gi an amount, and 5m is either.
    """
    number, duration = amount(bound), seconds(fold(bound))
    found: list[Scale] = []
    match field.column.order:
        case "time" if duration is not None:
            found.append((duration, _elapsed(field)))
        case "number" if (number := _number(field, bound)) is not None:
            found.append((number, _counted(field)))
        case "text":
            if number is not None:
                found.append((number, lambda row, now: amount(field.text(row, now))))
            if duration is not None:
                found.append((duration, lambda row, now: seconds(field.text(row, now))))
    return tuple(found)


def _number(field: Field, text: str) -> float | None:
    """Return what a text means in a column of numbers: in one that goes on as time passes, 5m are minutes."""
    number = amount(text)
    if field.column.ticks and (number is None or text.endswith("m")):
        return seconds(fold(text))
    return number


def _counted(field: Field) -> Measure:
    value, compare = field.value, field.column.compare

    def measure(row: Row, now: float) -> float | None:
        found = compare(value(row))
        return found if isinstance(found, int | float) else None

    return measure


def _elapsed(field: Field) -> Measure:
    value, compare = field.value, field.column.compare

    def measure(row: Row, now: float) -> float | None:
        moment = compare(value(row))
        return now - moment if isinstance(moment, int | float) else None

    return measure
