"""One object as YAML, as it is right now."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.errors import KtyError
from kty.kube.manifest import to_yaml
from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.runtime.store import Store
from kty.screens.feed import Feed
from kty.screens.frame import Frame
from kty.screens.session import Session
from kty.screens.sources import whole
from kty.screens.truth import truth
from kty.text import printable
from kty.views.view import Tone
from kty.widgets.prompt import Prompt
from kty.widgets.yaml_view import YamlView


class DetailScreen(Frame):
    """Follows the object while it is looked at; what it was last stays when it is deleted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="search", priority=True),
        Binding("m", "managed", "managedFields", id="yaml.managed"),
        Binding("c", "copy", "copy", id="yaml.copy"),
        Binding("y", "back", "back", id="yaml.back", show=False),
    ]

    class Changed(Message, bubble=False):
        """Something in the store changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DetailScreen.Changed)

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
        self._managed = False
        self._needle = ""
        self._object: Object | None = None

    def compose_body(self) -> Iterable[Widget]:
        yield YamlView()

    @property
    def _view(self) -> YamlView:
        return self.query_one(YamlView)

    def focus_body(self) -> None:
        self.set_focus(self._view)

    def on_screen_resume(self) -> None:
        if self._feed is None:
            lease = self.session.lease(self._resource, self._where)
            self._store = lease.store
            self._feed = Feed([lease.store], lambda: self.post_message(self.Changed()), leases=[lease])
            self._follow()

    def on_screen_suspend(self) -> None:
        if not self.app.screen.is_modal:
            self._close()

    def on_unmount(self) -> None:
        self._close()

    def _close(self) -> None:
        if self._feed is not None:
            self._feed.close()
            self._feed = self._store = None

    def on_detail_screen_changed(self) -> None:
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
            self._show()
        self.show_frame()

    def _show(self, *, mark: bool = True) -> None:
        if self._object is None:
            return
        try:
            text = to_yaml(self._object, managed_fields=self._managed)
        except KtyError as error:
            self.say(error.sentence(), "bad")
            return
        self._view.show(text, mark=mark)

    # What is said

    def title_text(self) -> str:
        return printable(f"{self._resource.kind.lower()}/{self._object_key[1]}")

    def counts(self) -> Content:
        namespace = self._object_key[0]
        parts: list[str | tuple[str, str]] = [(self.title_text(), "bold $foreground")]
        if namespace:
            parts.append((f" in {printable(namespace)}", "$foreground 60%"))
        if self._needle:
            parts.append((f"  /{printable(self._needle)} {self._view.found or '0/0'}", "$text-accent"))
        if self._managed:
            parts.append(("  with managedFields", "$foreground 60%"))
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
            return "deleted; this is what it was last", "bad"
        return text, tone

    # Actions

    def action_search(self) -> None:
        """Ask for what to search."""
        self.query_one(Prompt).open("/", self._needle)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == "/":
            self._search(event.text)

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign == "/":
            self._search(event.text)
            self.close_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == "/":
            self._search("")
            self.close_prompt()

    def _search(self, needle: str) -> None:
        self._needle = needle
        self._view.search(needle)
        self.show_truth()

    def on_yaml_view_search_changed(self) -> None:
        self.show_truth()

    def action_back(self) -> None:
        if self._needle:
            self._search("")
        else:
            super().action_back()

    def action_managed(self) -> None:
        """Show or hide metadata.managedFields."""
        self._managed = not self._managed
        self._show(mark=False)
        self.show_truth()

    def action_copy(self) -> None:
        """Copy the YAML to the clipboard of the person's terminal."""
        if self._object is not None:
            self.app.copy_to_clipboard(to_yaml(self._object, managed_fields=self._managed))
            self.say("copied", "good")
