"""Quantities (k8s.io/apimachinery, api/resource): `500m` of a core, `16Gi` of memory."""

from kty.kube.quantity import Quantity, QuantityMistake

_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def amount(quantity: str | None) -> float | None:
    """Return a quantity as a number, or None for what is no quantity or beyond all measure."""
    try:
        return float(Quantity.parse(quantity)) if quantity else None
    except QuantityMistake:
        return None


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
