"""Quantities (apimachinery, api/resource) as numbers, to add up and to compare."""

import re
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?")
_DECIMAL = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {unit: 1024.0**power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}


@lru_cache(1024)
def amount(quantity: str | float | None) -> float:
    """Return a quantity as a number; nothing for what is none."""
    match = _QUANTITY.fullmatch(str(quantity or ""))
    if match is None:
        return 0.0
    number, suffix = match[1], match[2] or ""
    factor = _DECIMAL.get(suffix) or _BINARY.get(suffix)
    return float(number) * factor if factor else float(number + suffix)


def nanocores(cores: float) -> str:
    """Show a share of the processors as metrics-server does."""
    return f"{round(cores * 1e9)}n"


def kibibytes(count: float) -> str:
    """Show memory as metrics-server does."""
    return f"{round(count / 1024)}Ki"
