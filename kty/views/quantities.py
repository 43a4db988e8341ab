"""Quantities (k8s.io/apimachinery, api/resource): `500m` of a core, `16Gi` of memory."""

import re
from math import isfinite

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?")
_DECIMAL = {"": 1.0, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def amount(quantity: str | None) -> float | None:
    """Return a quantity as a number, or None for what is no quantity or beyond all measure."""
    match = _QUANTITY.fullmatch(quantity or "")
    if match is None:
        return None
    number, suffix = match[1], match[2] or ""
    if suffix in _DECIMAL:
        value = float(number) * _DECIMAL[suffix]
    elif suffix in _BINARY:
        value = float(number) * 1024 ** _BINARY.index(suffix)
    else:
        value = float(number + suffix)
    return value if isfinite(value) else None


def in_bytes(value: float | None, now: float) -> str:
    """Show bytes with one figure after the point at most: `31.3Gi`."""
    if value is None:
        return ""
    power = 0
    while abs(value) >= 1024 and power < len(_BINARY) - 1:
        value /= 1024
        power += 1
    return f"{round(value, 1):.1f}".removesuffix(".0") + _BINARY[power]


def in_units(value: float | None, now: float) -> str:
    """Show a number without a suffix: `3.92` cores, `110` pods."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
