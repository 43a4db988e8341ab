"""Quantities (apimachinery, api/resource): `500m` of a core, `16Gi` of memory, exact and printed as Go prints them."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, TypeAlias

from kty.errors import UsageError
from kty.text import printable

Format: TypeAlias = Literal["BinarySI", "DecimalSI", "DecimalExponent"]
"""Which suffixes a quantity is printed with: `Mi`, `M` or `e6`."""

_QUANTITY = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_DECIMAL = {suffix: 3 * power for power, suffix in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)}
_BINARY = {suffix: power for power, suffix in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))}
_SUFFIXES = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY_SUFFIXES = tuple(_BINARY)
_NANO = 10**9
_MAX_BINARY = (2**63 - 1) * _NANO
_MAX_DIGITS = 150
"""Beyond that nothing is counted; whatever is read fits into a float."""


class QuantityMistake(UsageError, ValueError):
    """Text that is no quantity."""


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount, exact to a billionth, and the kind of suffix it is printed with.

    Two are equal when their amounts are: `1000m` and `1`. Sums and differences keep the suffixes of the left side,
    unless that is zero. `str` gives the canonical form: no fraction, and the largest suffix that loses nothing.
    """

    nano: int = 0
    """The amount in billionths."""
    format: Format = field(default="DecimalSI", compare=False)

    @staticmethod
    @lru_cache(maxsize=2048)
    def parse(text: str) -> "Quantity":
        """Read a quantity: a number, and a suffix of 10 (`n u m k M G T P E`), of 2 (`Ki` to `Ei`) or `e` and a power.

        As in Go, what is smaller than a billionth is rounded up to it, away from zero, and what has a suffix of 2
        is never more than 2⁶³-1. Raises QuantityMistake.
        """
        found = _QUANTITY.fullmatch(text) if len(text) <= _MAX_DIGITS else None
        if found is None:
            raise QuantityMistake(
                f"{printable(text)[:60]!r} is no quantity", hint="write a number with a suffix or none: 500m, 2, 16Gi"
            )
        sign, whole, part, suffix = found[1], found[2] or "", found[3] or found[4] or "", found[5] or ""
        digits, format_, nano = int(whole + part), _format(suffix), 0
        if format_ == "BinarySI":
            nano = min(_ceiling(digits * 1024 ** _BINARY[suffix] * _NANO, len(part)), _MAX_BINARY)
            format_ = "DecimalSI" if 0 < nano < _NANO else "BinarySI"
        elif digits:
            power = _DECIMAL[suffix] if format_ == "DecimalSI" else _power(suffix, text)
            shift = 9 + power - len(part)
            nano = digits * 10**shift if shift >= 0 else _ceiling(digits, -shift)
        return Quantity(-nano if sign == "-" else nano, format_)

    @classmethod
    def of(cls, amount: int | float | Decimal, format: Format = "DecimalSI") -> "Quantity":  # noqa: A002 - Go's word
        """Return an amount as a quantity; what is smaller than a billionth is rounded to the nearest.

        Raises QuantityMistake for infinity and what is no number.
        """
        try:
            return cls(round(Fraction(amount) * _NANO), format)
        except (ValueError, ArithmeticError) as error:
            raise QuantityMistake(f"{amount} is no quantity") from error

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.nano + other.nano, self.format if self.nano else other.format)

    def __radd__(self, start: int) -> "Quantity":
        """Let `sum` begin with its zero."""
        return self if start == 0 else NotImplemented

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.nano - other.nano, self.format if self.nano else other.format)

    def __mul__(self, times: int) -> "Quantity":
        return Quantity(self.nano * times, self.format)

    __rmul__ = __mul__

    def __truediv__(self, other: "Quantity") -> float:
        """Return how many times the other fits in: usage by limit. Raises ZeroDivisionError."""
        return self.nano / other.nano

    def __neg__(self) -> "Quantity":
        return Quantity(-self.nano, self.format)

    def __bool__(self) -> bool:
        return self.nano != 0

    def __float__(self) -> float:
        return self.nano / _NANO

    def __int__(self) -> int:
        """Return the amount as a whole number, rounded away from zero as Go's Value does."""
        return self.scaled(0)

    def scaled(self, power: int) -> int:
        """Return the amount in units of ten to this power, rounded away from zero: -3 gives thousandths."""
        shift = 9 + power
        amount = _ceiling(abs(self.nano), shift) if shift > 0 else abs(self.nano) * 10**-shift
        return -amount if self.nano < 0 else amount

    def decimal(self) -> Decimal:
        """Return the amount as a Decimal, exactly."""
        sign, digits, _ = Decimal(self.nano).as_tuple()
        return Decimal((sign, digits, -9))

    def __str__(self) -> str:
        if not self.nano:
            return "0"
        whole, rest = divmod(self.nano, _NANO)
        if self.format == "BinarySI" and not rest and abs(whole) >= 1024:
            number, power = _reduced(whole, 1024, 0, len(_BINARY_SUFFIXES) - 1)
            return f"{number}{_BINARY_SUFFIXES[power]}"
        if self.format == "DecimalExponent":
            number, power = _reduced(self.nano, 1000, -3, None)
            return f"{number}e{3 * power}" if power else str(number)
        number, power = _reduced(self.nano, 1000, -3, max(_SUFFIXES) // 3)
        return f"{number}{_SUFFIXES[3 * power]}"


_UNITS = {suffix: 10.0**power for suffix, power in _DECIMAL.items()} | {
    suffix: 1024.0**power for suffix, power in _BINARY.items() if suffix
}


def measured(text: str) -> float:
    """Return a measured amount as a float: quick, and not kept, as no two samples are the same.

    Raises QuantityMistake.
    """
    suffix = text[-2:] if text[-1:] == "i" else text[-1:]
    unit = _UNITS.get(suffix)
    number = text[: -len(suffix)] if unit else text
    if len(text) <= _MAX_DIGITS and number.isdecimal() and number.isascii():
        return int(number) * (unit or 1.0)
    return float(Quantity.parse(text))


def _format(suffix: str) -> Format:
    if suffix in _DECIMAL:
        return "DecimalSI"
    return "BinarySI" if suffix in _BINARY else "DecimalExponent"


def _power(suffix: str, text: str) -> int:
    power = int(suffix[1:])
    if power > _MAX_DIGITS:
        raise QuantityMistake(f"{printable(text)[:60]!r} is beyond all measure")
    return max(power, -2 * _MAX_DIGITS)  # rounded up to a billionth either way


def _ceiling(number: int, digits: int) -> int:
    """Return a positive number without this many of its last digits, rounded up."""
    power: int = 10**digits
    return -(-number // power)


def _reduced(number: int, base: int, power: int, most: int | None) -> tuple[int, int]:
    """Move as many whole factors of the base as there are from the number into the power."""
    while number % base == 0 and (most is None or power < most):
        number //= base
        power += 1
    return number, power
