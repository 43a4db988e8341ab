"""One object in words, as it is right now, with what belongs to it and its events beneath it."""

import asyncio
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer

from kty.kube.objects import Key
from kty.kube.resource import Resource
from kty.screens.copying import copy
from kty.screens.neighbours import Neighbours
from kty.screens.object_screen import ObjectScreen
from kty.screens.session import Session
from kty.screens.sources import EVENTS
from kty.views.describe import described, describer_of, needs_of
from kty.views.describe.happenings import events_section
from kty.views.describing import Description, Need, found
from kty.views.involved import events_about
from kty.views.laid_out import Layout, unbroken
from kty.views.said import text
from kty.widgets.page_painter import EDGE
from kty.widgets.page_view import PageView

SHARE = 5
"""A description may take one part in so many of the time: that of a node with 500 busy pods is made less often."""

_EVENTS = "events of it"


class DescribeScreen(ObjectScreen):
    """The description of an object. It follows the object, what it needs beside it, and the events about it."""

    SHOWN_BY = PageView

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yaml", "yaml", id="describe.yaml"),
        Binding("c", "copy", "copy", id="describe.copy"),
        Binding("d", "back", "back", id="describe.back", show=False),
    ]

    _shows: PageView

    def __init__(self, session: Session, resource: Resource, key: Key, where: str = "") -> None:
        super().__init__(session, resource, key, where)
        self._describer = describer_of(resource)
        self._layout = Layout()
        self._neighbours: Neighbours | None = None
        self._description: Description = ()
        self._made_of: object = None
        """Of what the description was made: made of the same, it would be the same."""
        self._due: Timer | None = None
        self._not_before = 0.0
        """When, on the loop's clock, it may be made again."""

    def open_stores(self) -> None:
        super().open_stores()
        self._neighbours = Neighbours(self.session, self.tell)

    def close_stores(self) -> None:
        super().close_stores()
        if self._due is not None:
            self._due.stop()
            self._due = None
        if self._neighbours is not None:
            self._neighbours.close()
            self._neighbours = None

    def _follow(self) -> None:
        super()._follow()
        self._describe()

    def _describe(self) -> None:
        """Bring the description up to date."""
        obj, neighbours = self._object, self._neighbours
        if obj is None or neighbours is None:
            return
        about = events_about(self._resource, self._object_key, text(obj, "metadata", "uid"))
        happened = Need(EVENTS, about.namespace, fields=about.selector)
        neighbours.want({**needs_of(self._describer, self._object or {}), _EVENTS: happened})
        made_of = (self._version, neighbours.state)
        if made_of == self._made_of or self._due is not None:
            return
        loop = asyncio.get_running_loop()
        if (wait := self._not_before - loop.time()) > 0:
            self._due = self.set_timer(wait, self._describe_now)
            return
        began = loop.time()
        self._made_of = made_of
        beside = neighbours.found()
        own = described(self._describer, obj, beside)
        self._description = (*own, events_section(found(beside, _EVENTS)))
        self._lay_out()
        self._not_before = began + SHARE * (loop.time() - began)

    def _describe_now(self) -> None:
        self._due = None
        self._describe()

    def _lay_out(self) -> None:
        if self._description:
            width = self.size.width - 2 * EDGE
            self._shows.show(self._layout.lines(self._description, width=width, now=self.session.clock.now()))

    def tick(self) -> None:
        if self.is_current:
            self._lay_out()  # ages grow
        super().tick()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    def action_copy(self) -> None:
        """Copy the description to the clipboard of the person's terminal, without the line breaks that fit it there."""
        if self._description:
            text = unbroken(self._description, self.session.clock.now())
            copy(self, text, f"the description of {self.title_text()}")
