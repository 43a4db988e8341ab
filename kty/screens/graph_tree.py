"""The live tree of one object: where it comes from, how it is drawn, and what is said about it."""

import asyncio
from collections.abc import Hashable, Iterable, Set

import msgspec
from textual import work
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from kty.kube.discovery import Discovery
from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.runtime.graph import Node, Ref
from kty.runtime.live_graph import LiveGraph
from kty.runtime.use_reader import UseReader
from kty.runtime.uses import KindName
from kty.screens.acting import Acting
from kty.screens.feed import FRAME, SYNCING
from kty.screens.graph_drawing import HEADINGS, SEARCHED, Drawing, tells
from kty.screens.graph_stores import GraphStores
from kty.screens.searching import Searching
from kty.screens.session import Namespaces, Session
from kty.screens.truth import truth
from kty.text import printable
from kty.views.actions import DELETE, Action
from kty.views.registry import view_of
from kty.views.uses import all_uses
from kty.views.view import Tone
from kty.widgets.lines import Line
from kty.widgets.notes import Notes
from kty.widgets.tree_lines import TreeLines
from kty.widgets.tree_table import TreeTable

SHARE = 4
"""Drawing may take one part in so many of the time: a graph of thousands that all change is drawn less often."""
SLICE = 0.01
"""Seconds for which objects are read before others have their turn."""
NAMED = 3
"""Kinds that are named where something may not be listed; others are counted."""


class GraphTree(Acting, Searching):
    """Keeps the graph of an object on screen. While other screens cover it, its watches may end."""

    class Changed(Message, bubble=False):
        """Something in the stores changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, GraphTree.Changed)

    def __init__(self, session: Session, resource: Resource, key: Key, where: str = "") -> None:
        """`where` is the namespace of the store that has the object already; it makes no difference here."""
        super().__init__(session)
        self._resource = resource
        self._focus = Ref(resource.id, *key)
        self._graph: LiveGraph | None = None
        self._reader = UseReader(all_uses())
        self._known: Discovery | None = None
        """The kinds that it looks through."""
        self._drawing: Drawing | None = None
        self._due: Timer | None = None
        self._is_called = False
        self._began = self._cost = 0.0
        """When, on the loop's clock, it was drawn last, and how long that took."""
        self._is_placed = False
        self._kinds: Set[str] = frozenset()
        """The kinds that are shown."""
        self._is_whole = False
        """Whether all that was followed had been listed when it was drawn."""
        self._is_reopened = False
        """Whether what is shown is of before this screen was covered by others."""

    def compose_body(self) -> Iterable[Widget]:
        self.searched = self._tree = TreeTable(empty="…")
        self._lines = TreeLines(HEADINGS, self._line, searched=SEARCHED)
        self._tree.lines = self._lines
        self._notes = Notes()
        yield self._tree
        yield self._notes

    def _line(self, key: Hashable) -> Line:
        return Line(()) if self._drawing is None else self._drawing.line(key)

    def focus_body(self) -> None:
        self.set_focus(self._tree)

    def on_tree_table_search_changed(self) -> None:
        self.show_truth()

    # The stores

    def on_screen_resume(self) -> None:
        if self._graph is None:
            self._open()

    def _open(self) -> None:
        self._graph = LiveGraph(
            GraphStores(self.session),
            self._focus,
            self._resource,
            self._tell,
            reader=self._reader,
            find=self._find,
            tells=tells,
        )
        if self.session.cluster.discovery is not None:
            self._look_through()
        else:
            self._learn_kinds()
        self._draw()

    @work(exclusive=True, group="kinds")
    async def _learn_kinds(self) -> None:
        await self.session.cluster.kinds()
        self._look_through()
        self._draw()

    def on_frame_learnt(self) -> None:
        if self._known is not self.session.cluster.discovery:  # there are kinds that were not there before
            self._look_through()
            self._tell()

    def _look_through(self) -> None:
        if self._graph is not None:
            self._known = self.session.cluster.discovery
            self._graph.look_through(self.session.resources())

    def _find(self, name: KindName) -> Resource | None:
        if isinstance(name, str):
            return next((each for each in self.session.find(name) if each.id == name), None)
        api_version, kind = name
        discovery = self.session.cluster.discovery
        if discovery is not None and (found := discovery.named(api_version, kind)) is not None:
            return next((each for each in discovery.resources if each.id == found.id), found)
        group = api_version.rpartition("/")[0]  # a version that is served no more means the same objects
        return next((each for each in self.session.resources() if (each.group, each.kind) == (group, kind)), None)

    def _close(self) -> None:
        self.workers.cancel_group(self, "kinds")
        self.workers.cancel_group(self, "reading")
        if self._due is not None:
            self._due.stop()
            self._due = None
        if self._graph is not None:
            self._graph.close()
            self._graph = None
            self._is_reopened = self._drawing is not None

    def on_screen_suspend(self) -> None:
        if not self.app.screen.is_modal:
            self._close()

    def on_unmount(self) -> None:
        self._close()

    def _tell(self) -> None:
        if not self._is_called:
            self._is_called = True
            self.post_message(self.Changed())

    def on_graph_tree_changed(self) -> None:
        """Draw soon: at once where that was long ago, later where much changes or drawing takes long."""
        self._is_called = False
        live = self._graph
        if live is None:
            return
        live.holdings.update()
        if self._due is not None:
            if live.is_looking:
                return
            self._due.stop()  # what was put off while much was to come is there now
            self._due = None
        pause = max(SYNCING if live.is_looking else FRAME, SHARE * self._cost)
        wait = self._began + pause - asyncio.get_running_loop().time()
        if wait <= 0:
            self._draw()
        else:
            self._due = self.set_timer(wait, self._draw)

    def _draw(self) -> None:
        """Bring the tree up to date."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        live = self._graph
        if live is None:
            return
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        self._make(live)
        self._cost = loop.time() - self._began
        self.show_frame()

    def _make(self, live: LiveGraph) -> None:
        is_whole = all(status.is_complete for status in live.statuses)
        graph = live.graph()
        if live.is_behind:
            self._read_on(live)
        if self._is_reopened and (live.is_looking or not live.knows(self._kinds)):
            return  # what was shown before stays until there is as much again
        self._is_reopened = False
        drawing = self._drawing = Drawing(graph, live.holdings, self.session.clock.now)
        self._kinds = drawing.kinds
        self._lines.show(drawing.forest)
        if not self._is_placed:
            self._tree.cursor_key = drawing.focus_key
        self._tree.refresh_lines()
        self._is_placed = self._is_placed or not live.is_looking
        self._notes.show(self._remarks(live))
        self._is_whole = is_whole

    @work(exclusive=True, group="reading")
    async def _read_on(self, live: LiveGraph) -> None:
        """Read what thousands of objects use, a little at a time, and draw anew."""
        while live is self._graph and live.is_behind:
            live.read_on(SLICE)
            await asyncio.sleep(SLICE)
        self._tell()

    def _remarks(self, live: LiveGraph) -> list[str]:
        """Say what the graph cannot show, in sentences."""
        remarks: list[str] = []
        if refused := [each.plural for each in live.refused]:
            named, others = refused[:NAMED], len(refused[NAMED:])
            more = f" and {others} other kinds" if others else ""
            where = f" in {self._focus.namespace}" if self._focus.namespace else ""
            what = f"no permission to list {', '.join(named)}{more}{where}"
            remarks.append(f"{what}: what would be here of them is not shown")
        if left_out := live.holdings.left_out:
            remarks.append(f"there are too many kinds to look through: {left_out:,} of them are not shown")
        return [printable(remark) for remark in remarks]

    def tick(self) -> None:
        if self.is_current and self._drawing is not None:
            self._tree.tick()  # ages grow
        super().tick()

    # What is said

    def title_text(self) -> str:
        return printable(f"graph of {self._resource.kind.lower()}/{self._focus.name}")

    @property
    def namespaces(self) -> Namespaces:
        return (self._focus.namespace,) if self._focus.namespace else self.session.namespaces

    def counts(self) -> Content:
        parts: list[str | tuple[str, str]] = [(self.title_text(), "bold $foreground")]
        if self._focus.namespace:
            parts.append((f" in {printable(self._focus.namespace)}", "$foreground 60%"))
        parts += self.search_said()
        return Content.assemble(*parts)

    def truth(self) -> tuple[str, Tone]:
        live = self._graph
        if live is None:
            return "", ""
        said, tone = truth(live.statuses, self.session.clock.monotonic())
        if tone == "good" and self._is_gone:
            return "it is gone; this is what is left", "bad"
        if tone == "good" and (live.is_looking or not self._is_whole):
            return "looking through the kinds…", "busy"
        return said, tone

    @property
    def _is_gone(self) -> bool:
        twig = self._drawing.twig(self._drawing.focus_key) if self._drawing is not None else None
        return twig is not None and twig.node.state == "missing"

    # What is under the cursor

    @property
    def _node(self) -> Node | None:
        """The object under the cursor, as it is known; None on a heading."""
        twig = self._drawing.twig(self._tree.cursor_key) if self._drawing is not None else None
        return None if twig is None else twig.node

    @property
    def _actions(self) -> tuple[Action, ...]:
        node = self._node
        if node is None or node.resource is None or node.row is None:
            return ()
        return (*view_of(node.resource).actions, DELETE)

    def _pointed(self) -> tuple[Resource, Key] | None:
        node = self._node
        return None if node is None or node.resource is None or node.row is None else (node.resource, node.ref.key)

    def _pointed_object(self) -> Object | None:
        pointed, live = self._pointed(), self._graph
        if pointed is None or live is None:
            return None
        resource, key = pointed
        holding = live.holdings.of(resource)
        body = holding.body(key) or holding.body(key, is_full=False)
        if body is None:
            return None
        return {**msgspec.json.decode(body), "apiVersion": resource.api_version, "kind": resource.kind}
