"""One column of a server-side Table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kty.kube.objects import Object

Cell: TypeAlias = Callable[[Object, float], Any]
"""From an object, and the time now in seconds since the epoch, to a string, a number, a truth value or None."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A column as the server defines it (meta.k8s.io/v1 TableColumnDefinition), and what stands in it."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    priority: int = 0
    """0: always shown; 1 and more: in the wide view only."""
    description: str = ""

    def definition(self) -> Object:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }
