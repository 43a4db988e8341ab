"""In which order keys are offered: as the screens name them, whatever they are rebound to."""

from collections.abc import Iterable

from textual.binding import ActiveBinding, Binding, BindingsMap


def places(owner: type) -> dict[str, int]:
    """Return where each binding of a screen or a widget stands before any is rebound, by its id."""
    keys: dict[str, list[Binding]] = {}
    for each in reversed(owner.__mro__):
        keys |= BindingsMap(each.__dict__.get("BINDINGS", ())).key_to_bindings
    ids = dict.fromkeys([binding.id for bindings in keys.values() for binding in bindings if binding.id])
    return {name: at for at, name in enumerate(ids)}


def in_order(bindings: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """Return the bindings with those of one screen or widget in its own order: Textual puts rebound ones last."""
    found = list(bindings)
    nodes = {node: (at, places(type(node))) for at, node in enumerate(dict.fromkeys([each.node for each in found]))}

    def place(active: ActiveBinding) -> tuple[int, int]:
        at, own = nodes[active.node]
        return at, own.get(active.binding.id or "", 0)

    return sorted(found, key=place)
