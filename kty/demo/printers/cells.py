"""What the columns of several kinds have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from kty.demo.printers.ages import since
from kty.demo.printers.printer import Cell, Printer
from kty.kube.objects import Object

_MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def at(obj: Any, path: str, default: Any = None) -> Any:
    """Return what stands at a dotted path, or `default` where there is nothing, or null."""
    for step in path.split("."):
        obj = obj.get(step) if isinstance(obj, dict) else None
    return default if obj is None else obj


def field(path: str, default: Any = "") -> Cell:
    """Return a cell that shows a field as it is."""
    return lambda obj, now: at(obj, path, default)


def column(name: str, cell: Cell, *, wide: bool = False, holds: str = "string", description: str = "") -> Printer:
    return Printer(name, cell, type=holds, priority=1 if wide else 0, description=description)


NAME: Final = Printer("Name", field("metadata.name"), format="name", description="Its name in its namespace.")
AGE: Final = Printer(
    "Age",
    lambda obj, now: since(at(obj, "metadata.creationTimestamp"), now),
    description="How long ago it was created.",
)


def listed(values: Sequence[str], count: int, at_most: int) -> str:
    """Write the first of some values, and how many more there are."""
    shown = ",".join(values[:at_most])
    return f"{shown} + {count - at_most} more..." if count > at_most else shown or "<unset>"


def labels(pairs: Any) -> str:
    """Write labels as a selector; `<none>` where there are none."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or "<none>"


def selector(value: Any, nothing: str = "<none>") -> str:
    """Write a label selector (meta/v1 LabelSelector) in one line."""
    terms = [(key, f"{key}={wanted}") for key, wanted in (at(value, "matchLabels") or {}).items()]
    for part in at(value, "matchExpressions") or ():
        key, values = part["key"], ",".join(sorted(part.get("values") or ()))
        words = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        terms.append((key, words.get(part["operator"], f"!{key}")))
    return ",".join(text for _, text in sorted(terms, key=lambda term: term[0])) or nothing


def container_columns(path: str) -> tuple[Printer, Printer]:
    """Return the columns of the containers' names and images, by the path of a pod's spec."""

    def each(name: str) -> Callable[[Object, float], str]:
        return lambda obj, now: ",".join(str(one.get(name, "")) for one in at(obj, f"{path}.containers") or ())

    return column("Containers", each("name"), wide=True), column("Images", each("image"), wide=True)


def modes(value: Iterable[str] | None) -> str:
    """Write access modes as short as kubectl does."""
    asked = set(value or ())
    return ",".join(short for mode, short in _MODES.items() if mode in asked)


def addresses(ingress: Iterable[Object] | None) -> str:
    """Write the addresses of a load balancer."""
    return ",".join(sorted({point.get("ip") or point.get("hostname") or "" for point in ingress or ()} - {""}))
