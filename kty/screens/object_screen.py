"""One object, as it is right now: followed while it is looked at, and searched through."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.runtime.store import Store
from kty.screens.feed import Feed
from kty.screens.searching import Searching
from kty.screens.session import Session
from kty.screens.sources import whole, whole_last
from kty.screens.truth import truth
from kty.text import printable
from kty.views.involved import events_of
from kty.views.view import Describe, Destination, Graph, History, Tone, Yaml
from kty.widgets.page_view import PageView
from kty.widgets.yaml_view import YamlView


class ObjectScreen(Searching):
    """Follows the object while it is looked at; what it was last stays when it is deleted.

    A subclass says what shows it, and in which words.
    """

    SHOWN_BY: ClassVar[type[YamlView] | type[PageView]] = PageView

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "events", "events", id="object.events", show=False),
        Binding("H", "history", "history", id="object.history", show=False),
        Binding("T", "graph", "graph", id="object.graph", show=False),
    ]

    class Changed(Message, bubble=False):
        """Something in the store changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ObjectScreen.Changed)

    def __init__(self, session: Session, resource: Resource, key: Key, where: str = "") -> None:
        """`where` is the namespace of the store that has the object already; empty for that of all of them."""
        super().__init__(session)
        self._where = where
        self._resource = resource
        self._object_key = key
        self._feed: Feed | None = None
        self._store: Store | None = None
        self._version = ""
        self._is_gone = False
        self._object: Object | None = None

    def show_object(self) -> None:
        """Show the object, of which another state is known."""

    def compose_body(self) -> Iterable[Widget]:
        self.searched = self._shows = self.SHOWN_BY()
        yield self._shows

    def focus_body(self) -> None:
        self.set_focus(self._shows)

    def on_screen_resume(self) -> None:
        if self._feed is None:
            self.open_stores()
            self._follow()

    def open_stores(self) -> None:
        """Let what is to be followed come."""
        lease = self.session.lease(self._resource, self._where)
        self._store = lease.store
        self._feed = Feed([lease.store], self.tell, leases=[lease])

    def close_stores(self) -> None:
        """Follow it no longer."""
        if self._feed is not None:
            self._feed.close()
            self._feed = self._store = None

    def tell(self) -> None:
        """Something changed."""
        self.post_message(self.Changed())

    def on_screen_suspend(self) -> None:
        if not self.app.screen.is_modal:
            self.close_stores()

    def on_unmount(self) -> None:
        self.close_stores()

    def on_object_screen_changed(self) -> None:
        self._follow()

    def _follow(self) -> None:
        """Show what the object is now."""
        store = self._store
        if store is None:
            return
        row = store.rows.get(self._object_key)
        self._is_gone = row is None and store.status.is_complete
        if row is not None and (not row.version or row.version + row.uid != self._version):
            self._version = row.version + row.uid
            self._object = whole([store], self._object_key, self._resource)
            self.show_object()
        elif self._is_gone and self._object is None:
            self._object = whole_last(store, self._object_key, self._resource)
            self.show_object()
        self.show_frame()

    # What is said

    def title_text(self) -> str:
        return printable(f"{self._resource.kind.lower()}/{self._object_key[1]}")

    def notes(self) -> str:
        """What else the truth line says of what is shown."""
        return ""

    def counts(self) -> Content:
        namespace = self._object_key[0]
        parts: list[str | tuple[str, str]] = [(self.title_text(), "bold $foreground")]
        if namespace:
            parts.append((f" in {printable(namespace)}", "$foreground 60%"))
        parts += self.search_said()
        if notes := self.notes():
            parts.append((f"  {notes}", "$foreground 60%"))
        return Content.assemble(*parts)

    def truth(self) -> tuple[str, Tone]:
        if self._feed is None:
            return "", ""
        text, tone = truth(
            self._feed.statuses,
            self.session.clock.monotonic(),
            self._resource.plural,
            is_polled=not self._resource.is_watchable,
        )
        if self._is_gone and tone == "good":
            if self._object is None:
                return f"there is no {self.title_text()}", "bad"
            return "deleted; this is what it was last", "bad"
        return text, tone

    # Actions

    def on_yaml_view_search_changed(self) -> None:
        self.show_truth()

    def on_page_view_search_changed(self) -> None:
        self.show_truth()

    def action_describe(self) -> None:
        """Show the object in words."""
        self._go(Describe())

    def action_yaml(self) -> None:
        """Show the object as YAML."""
        self._go(Yaml())

    def action_graph(self) -> None:
        """Show the object among its owners, what these own, and what uses what."""
        self._go(Graph())

    def action_events(self) -> None:
        """List what happened to the object."""
        self._go(events_of(self._resource, self._object_key, self._object or {}))

    def action_history(self) -> None:
        """Show what changed on the object since kty watches it."""
        self._go(History())

    def _go(self, destination: Destination) -> None:
        self.go(self.Opens(destination, self._resource, self._object_key, self._where))
