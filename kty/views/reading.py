"""Steps into a decoded object that bear it not being what its kind promises: what is missing is empty."""

from typing import Any

from kty.kube.objects import Object
from kty.views.said import field


def mapped(obj: Object, *steps: str) -> dict[str, Any]:
    """Return the mapping at the end of these steps."""
    value = field(obj, *steps)
    return value if isinstance(value, dict) else {}


def listed(obj: Object, *steps: str) -> list[Object]:
    """Return the objects in the list at the end of these steps."""
    value = field(obj, *steps)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(obj: Object, *steps: str) -> list[str]:
    """Return what is in the list at the end of these steps, as text."""
    value = field(obj, *steps)
    return [str(each) for each in value] if isinstance(value, list) else []
