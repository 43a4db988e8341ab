"""From a graph to the branches and lines of a tree: what each object says of itself, and many alike as one line."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from kty.kube.codecs import TableColumn
from kty.kube.objects import Row
from kty.kube.resource import Resource
from kty.runtime.graph import Graph, Node, Ref, Twig
from kty.runtime.holdings import Holdings
from kty.text import printable
from kty.views.ages import since
from kty.views.registry import view_of
from kty.views.view import Column, Tone, View
from kty.widgets.lines import Heading, Line
from kty.widgets.tree_lines import Branch

HEADINGS = (Heading("Object"), Heading("Ready"), Heading("Status"), Heading("Age"), Heading("Through"))
SEARCHED = (0, 2, 4)
"""The columns that a search looks through: ages change all the time."""
FEW = 20
"""Objects of one kind beneath another that are shown one by one; of more, those that are alike share a line."""
SHOWN = 10
"""Failing objects that are alike are shown beneath that line at once, up to so many."""
_SEVERITY: dict[Tone, int] = {"bad": 0, "warn": 1, "busy": 2, "": 3, "good": 3, "accent": 3, "dim": 4}
_STATUS = ("status", "phase", "state", "health")
"""What the columns of kinds without a view are called that say in a word how an object is; the best first."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a line says of a node."""

    tone: Tone
    ready: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Objects of a kind that are alike."""

    resource: Resource
    count: int
    says: Saying


_Reader: TypeAlias = tuple[View, list[tuple[int, Column]], list[tuple[int, Column]]]
"""The view of a kind, and the columns that tell how much of an object is there and how it is, with where these are."""


class Drawing:
    """Draws one graph; the lines of a graph that changed are drawn by another one."""

    def __init__(self, graph: Graph, holdings: Holdings, now: Callable[[], float]) -> None:
        self._graph = graph
        self._holdings = holdings
        self._now = now
        self._said: dict[Ref, Saying] = {}
        self._readers: dict[str, _Reader] = {}
        self._drawn: dict[Hashable, Twig | Group | str] = {}
        self.forest = self._draw()

    @property
    def focus_key(self) -> Hashable:
        """The branch of the object that the graph is about."""
        return "owners", self._graph.focus

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of what is drawn."""
        return frozenset(found.node.ref.kind for found in self._drawn.values() if isinstance(found, Twig))

    def twig(self, key: Hashable) -> Twig | None:
        """Return what stands there; None for a heading and for many that are alike."""
        found = self._drawn.get(key)
        return found if isinstance(found, Twig) else None

    def _draw(self) -> tuple[Branch, ...]:
        forest = [self._branch("owners", root, None) for root in self._graph.roots]
        for word, twigs in (("uses", self._graph.uses), ("used by", self._graph.used_by)):
            if twigs:
                self._drawn[word] = word
                forest.append(Branch(word, self._children(word, twigs, word)))
        return tuple(forest)

    def _branch(self, part: str, twig: Twig, above: Hashable) -> Branch:
        key = (part, twig.node.ref) if not twig.is_again else (part, twig.node.ref, above)
        self._drawn[key] = twig
        return Branch(key, self._children(part, twig.children, key))

    def _children(self, part: str, twigs: Sequence[Twig], above: Hashable) -> tuple[Branch, ...]:
        kinds: dict[str, list[Twig]] = {}
        for twig in twigs:
            kinds.setdefault(twig.node.ref.kind, []).append(twig)
        branches: list[Branch] = []
        for alike in kinds.values():
            alike.sort(key=lambda twig: (_SEVERITY[self.says(twig).tone], twig.node.ref))
            branches += self._groups(part, alike, above) if len(alike) > FEW else self._each(part, alike, above)
        return tuple(branches)

    def _each(self, part: str, twigs: Iterable[Twig], above: Hashable) -> list[Branch]:
        return [self._branch(part, twig, above) for twig in twigs]

    def _groups(self, part: str, twigs: Sequence[Twig], above: Hashable) -> list[Branch]:
        """Return the objects on the way to the one that it is about, and a line for each state that others are in."""
        alone = [twig for twig in twigs if twig.node.ref in self._graph.trunk]
        states: dict[tuple[Tone, str], list[Twig]] = {}
        for twig in twigs:
            if twig.node.ref not in self._graph.trunk:
                says = self.says(twig)
                states.setdefault((says.tone, says.status), []).append(twig)
        branches = self._each(part, alone, above)
        for (tone, word), alike in sorted(states.items(), key=lambda item: (_SEVERITY[item[0][0]], -len(item[1]))):
            resource = alike[0].node.resource
            if len(alike) == 1 or resource is None:
                branches += self._each(part, alike, above)
                continue
            key = (part, "alike", above, resource.id, tone, word)
            self._drawn[key] = Group(resource, len(alike), Saying(tone, status=word))
            is_folded = _SEVERITY[tone] > _SEVERITY["warn"] or len(alike) > SHOWN
            branches.append(Branch(key, tuple(self._each(part, alike, key)), is_folded))
        return branches

    # What lines say

    def says(self, twig: Twig) -> Saying:
        """Return how the object is."""
        node = twig.node
        if (said := self._said.get(node.ref)) is None:
            said = self._said[node.ref] = self._read(node, is_optional=twig.is_optional)
        return said

    def _read(self, node: Node, *, is_optional: bool) -> Saying:
        match node.state:
            case "missing":
                return Saying("dim" if is_optional else "bad", status=node.note)
            case "hidden":
                return Saying("warn", status=printable(node.note))
            case "coming":
                return Saying("dim", status="…")
        row, resource = node.row, node.resource
        if row is None or resource is None:
            return Saying("dim")
        if not node.is_whole:
            return Saying("dim" if row.deleting else "")
        if row.fault:
            return Saying("bad", status=printable(f"cannot be read: {row.fault}"))
        if (reader := self._readers.get(node.ref.kind)) is None:
            reader = self._readers[node.ref.kind] = self._reader(resource)
        view, ready_columns, status_columns = reader
        ready = "/".join(filter(None, [self._shown(row, *each) for each in ready_columns]))
        status = "".join([self._shown(row, *each) for each in status_columns])
        return Saying(view.tone(row), ready, status or ("Terminating" if row.deleting else ""))

    def _reader(self, resource: Resource) -> _Reader:
        view = view_of(resource)
        columns = self._columns(view, resource)
        status = _status(view, columns)
        return (
            view,
            [(at, columns[at]) for at in _ready(view, columns)],
            [] if status is None else [(status, columns[status])],
        )

    def _shown(self, row: Row, at: int, column: Column) -> str:
        if at >= len(row.cells) or row.cells[at] is None:
            return ""
        return printable(column.show(row.cells[at], self._now()))

    def _columns(self, view: View, resource: Resource) -> Sequence[Column]:
        if view.codec is None:
            return view.columns
        for sight in self._holdings.of(resource).sights:
            if sight.is_full and sight.store.columns is not None:
                return _server_columns(sight.store.columns)
        return ()

    def line(self, key: Hashable) -> Line:
        """Return the line of a branch, without boxes."""
        found = self._drawn[key]
        if isinstance(found, str):
            return Line((found, "", "", "", ""), tone="accent")
        if isinstance(found, Group):
            return Line(
                (f"{found.count:,} {printable(found.resource.plural)}", "", found.says.status, "", ""),
                tone=found.says.tone,
            )
        node, says = found.node, self.says(found)
        kind = f"{printable(node.resource.kind if node.resource is not None else node.ref.kind)}/"
        row = node.row
        age = "" if row is None or row.created is None else since(row.created, self._now())
        via = ", ".join(map(printable, (*found.via, *(["is above"] if found.is_again else []))))
        cells = (kind + printable(node.ref.name), says.ready, says.status, age, via)
        return Line(cells, ("", "", "", "dim" if not says.tone else "", "dim"), says.tone, lead=len(kind))


def tells(resource: Resource) -> bool:
    """Say whether objects of this kind say how they are, beyond their metadata."""
    view = view_of(resource)
    return view.codec is not None or bool(_ready(view, view.columns)) or _status(view, view.columns) is not None


def _ready(view: View, columns: Sequence[Column]) -> list[int]:
    titles = [column.title for column in columns]
    return [titles.index(title) for title in view.ready if title in titles]


def _status(view: View, columns: Sequence[Column]) -> int | None:
    titles = [column.title for column in columns]
    if view.codec is None:
        return titles.index(view.status) if view.status in titles else None
    low = [title.lower() for title in titles]
    return next((low.index(word) for word in _STATUS if word in low), None)


@lru_cache(maxsize=64)
def _server_columns(definitions: tuple[TableColumn, ...]) -> tuple[Column, ...]:
    from kty.views.any import columns_of

    return columns_of(definitions)
