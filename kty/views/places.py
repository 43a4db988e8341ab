"""Two lists that no server watches: the contexts of the kubeconfig, and the kinds that a server has."""

from collections.abc import Iterable, Mapping

from kty.kube.config import Context
from kty.kube.objects import Item, Row
from kty.kube.resource import Resource
from kty.views.view import Browse, Column, Destination, SwitchContext, View


def _cell(title: str) -> Column:
    return Column(title, lambda _: None)


CONTEXTS = View(
    "contexts", kind="Context", namespaced=False, columns=tuple(map(_cell, ("Current", "Cluster", "User", "Namespace")))
)

KINDS = View(
    "kinds",
    kind="Kind",
    namespaced=False,
    columns=tuple(map(_cell, ("Short", "Kind", "Group", "Version", "Namespaced", "Verbs"))),
    tone=lambda row: "" if "list" in (row.cells[5] or "").split(",") else "dim",
)


def _row(name: str, cells: tuple[str | None, ...]) -> Item:
    row = Row(
        namespace="", name=name, uid=name, version="", created=None, deleting=False, labels=(), owners=(), cells=cells
    )
    return Item(row, b"{}")


def context_rows(contexts: Mapping[str, Context], current: str) -> list[Item]:
    """Return a row for each context; `current` is the one that is shown."""
    return [
        _row(name, ("*" if name == current else None, each.cluster or None, each.user or None, each.namespace or None))
        for name, each in contexts.items()
    ]


def kind_rows(resources: Iterable[Resource]) -> list[Item]:
    """Return a row for each kind, by its `plural.group`."""
    return [
        _row(
            each.id,
            (
                ",".join(each.short_names) or None,
                each.kind,
                each.group or None,
                each.version,
                "yes" if each.namespaced else "no",
                ",".join(sorted(each.verbs)),
            ),
        )
        for each in resources
    ]


def open_context(row: Row) -> Destination:
    return SwitchContext(row.name)


def open_kind(row: Row) -> Destination:
    return Browse(row.name)
