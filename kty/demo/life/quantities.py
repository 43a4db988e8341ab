"""Quantities (apimachinery, api/resource) as numbers, to add up and to compare."""

from kty.kube.quantity import Quantity, QuantityMistake


def amount(quantity: str | float | None) -> float:
    """Return a quantity as a number; nothing for what is none."""
    try:
        return float(Quantity.parse(str(quantity))) if quantity else 0.0
    except QuantityMistake:
        return 0.0


def nanocores(cores: float) -> str:
    """Show a share of the processors as metrics-server does."""
    return f"{round(cores * 1e9)}n"


def kibibytes(count: float) -> str:
    """Show memory as metrics-server does."""
    return f"{round(count / 1024)}Ki"
