"""A table of rows that are live: where they come from, and what is said about them."""

from collections.abc import Iterable

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.errors import Forbidden, KtyError, UsageError
from kty.kube.discovery import Discovery
from kty.kube.objects import Key
from kty.runtime.store import Status
from kty.screens.frame import Frame
from kty.screens.rows import Rows
from kty.screens.session import Namespaces, Session
from kty.screens.sources import Source, open_source
from kty.screens.truth import lacks, trouble, truth
from kty.text import printable
from kty.views.view import Asked, Browse, Contexts, Destination, Tone
from kty.widgets.live_table import LiveTable


class LiveList(Frame):
    """Keeps a destination's rows on screen. While other screens cover it, its watches may end; what it shows stays."""

    class Changed(Message, bubble=False):
        """Something in the stores changed; however many of these wait, the screen is painted once."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LiveList.Changed)

    class Moved(Message, bubble=False):
        """Other namespaces are shown."""

    def __init__(self, session: Session, destination: Destination, *, filter_text: str = "", where: str = "") -> None:
        """`where` is the namespace of the store that has the object whose parts are listed."""
        super().__init__(session)
        self._destination = destination
        self._where = where
        self._filter = filter_text
        """The filter that stands."""
        self._typing: str | None = None
        """The filter that is being typed, and goes before the one that stands."""
        self._mistake = ""
        self._source: Source | None = None
        self._rows: Rows | None = None
        self._failure: KtyError | None = None
        """Why there is no source."""
        self._known: Discovery | None = None
        """What was known of the server's kinds by then."""
        self._columns: object = None
        self._was_complete = False
        self._statuses: tuple[Status, ...] = ()
        """Of the stores, as they were painted last."""
        self._table = LiveTable(empty="…")
        self._stop_session = session.on_change(lambda: self.post_message(self.Moved()))

    def compose_body(self) -> Iterable[Widget]:
        yield self._table

    @property
    def _key(self) -> Key | None:
        rows, key = self._rows, self._table.cursor_key
        if rows is None or not isinstance(key, tuple) or rows.index(key) is None:
            return None
        return key

    def focus_body(self) -> None:
        self.set_focus(self._table)

    def on_unmount(self) -> None:
        self._stop_session()
        self._close_source()

    # Where the rows come from

    def on_screen_resume(self) -> None:
        if self.session.cluster.is_started:
            self.open()

    def open(self) -> None:
        """Let the rows come, if they do not yet."""
        if self._source is None:
            self._open_source()

    def on_screen_suspend(self) -> None:
        self._table.keep_cursor()  # what is opened is mostly about its row
        if not self.app.screen.is_modal:  # else the list is still seen around it
            self._close_source()

    def on_frame_learnt(self) -> None:
        if not self.is_current:
            return
        if self._source is None:  # what was not found may be there by now
            if self._failure is not None and self.session.cluster.discovery is not self._known:
                self._open_source()
        elif self._source.is_outdated():
            self._close_source()
            self._open_source()

    def on_live_list_moved(self) -> None:
        if self.is_current:
            self._close_source()
            self._open_source()

    def _close_source(self) -> None:
        self.workers.cancel_group(self, "source")
        if self._source is not None:
            self._source.close()
            self._source = None

    @work(exclusive=True, group="source")
    async def _open_source(self) -> None:
        try:
            if isinstance(self._destination, Asked):
                await self._understand(self._destination.line)
            source = await open_source(
                self._destination, self.session, lambda: self.post_message(self.Changed()), self._where
            )
        except KtyError as error:
            self._failure, self._known = error, self.session.cluster.discovery
            self._table.empty = printable(error.sentence())
            self.show_truth()
            return
        self._source, self._failure, self._was_complete = source, None, False
        source.feed.is_worth_telling = self._is_worth_painting
        table, key = self._table, self._table.cursor_key
        if self._rows is None or not self._rows.shows(source.feed.stores):
            self._rows = self._new_rows(source)
            self._columns = None
        self._take_columns()
        self._apply_filter()
        if table.lines is not self._rows:
            table.frozen = self._rows.names
            table.lines = self._rows
            if key is not None:
                table.cursor_key = key
        self._changed()
        self.show_frame()

    async def _understand(self, line: str) -> None:
        """List what was asked for on the command line."""
        from kty.views.command_line import Show, ShowContexts, ShowNamespaces

        match await self.session.understand(line):
            case Show(resource, namespaces, filter_text, labels, context):
                if context and context != self.session.context:
                    raise UsageError("@ cannot name the context here", hint=f"start with --context {context}")
                self._destination, self._filter = Browse(resource.id, labels=labels), filter_text
                if namespaces is not None:
                    self.session.show(namespaces)
            case ShowContexts():
                self._destination = Contexts()
            case ShowNamespaces():
                self._destination = Browse("namespaces")
            case _:
                raise UsageError(f"`{printable(line)}` is no list", hint="name a kind, such as pods")

    def _new_rows(self, source: Source) -> Rows:
        view, state = source.view, self.session.state
        return Rows(
            view,
            source.feed.stores,
            now=self.session.clock.now,
            scope=source.scope,
            namespaces=source.namespaces is not None and len(source.namespaces) != 1,
            sort=state.sort(view.id),
            wide=state.wide(view.id),
            faults_only=self._rows is not None and self._rows.faults_only,
        )

    def _take_columns(self) -> None:
        """Take the columns that the server chose, once they are known or have changed."""
        source, rows = self._source, self._rows
        if source is not None and rows is not None and source.columns() not in (None, self._columns):
            self._columns = source.columns()
            rows.set_columns(source.columns() or ())
            self._apply_filter()

    def on_live_list_changed(self) -> None:
        self._changed()

    def _changed(self) -> None:
        source, rows = self._source, self._rows
        if source is None or rows is None:
            return
        self._take_columns()
        was_complete = self._was_complete
        self._was_complete, self._statuses = source.feed.is_complete, source.feed.statuses
        changes = rows.update()
        self._took_in(rows)
        table = self._table
        if was_complete and changes.keys:
            table.flash(changes.keys)
        table.refresh_lines(None if changes.anew else changes.keys)
        self._say_empty()
        self.show_truth()
        self._fall_back()

    def _is_worth_painting(self) -> bool:
        """Take in what changed, and say whether any of it is seen. It may run in the context of another app."""
        source, rows = self._source, self._rows
        if source is None or rows is None or not self._was_complete or source.feed.statuses != self._statuses:
            return True
        if source.columns() not in (None, self._columns):
            return True
        changes = rows.peek()
        if changes.reordered or self._table.shows(changes.keys):
            return True
        rows.update()
        self._table.note(changes.keys)
        return False

    def _took_in(self, rows: Rows) -> None:
        """The rows are up to date, and not painted yet."""

    def _say_empty(self) -> None:
        source, rows = self._source, self._rows
        if source is None or rows is None or len(rows):
            return
        if not source.feed.is_complete:
            kind = source.resource
            self._table.empty = trouble(source.feed.statuses, source.view.plural, kind=kind) or "…"
        elif rows.total:
            self._table.empty = "nothing matches"
        else:
            names = ", ".join(map(printable, source.namespaces or ()))
            missing = source.absence.missing() if source.absence is not None else ()
            self._table.empty = f"no {source.view.plural}" + (f" in {names}" if names else "") + lacks(missing)

    def _fall_back(self) -> None:
        """Show `default` where all namespaces were only a guess and may not be listed."""
        source = self._source
        if source is None or not self.session.is_guess or source.namespaces is None or source.is_narrowed:
            return
        for status in source.feed.statuses:
            if status.phase == "refused" and isinstance(status.error, Forbidden):
                self.session.show(("default",), remember=False)
                self.say(f"only default is shown: no permission to list {source.view.plural} in all namespaces", "warn")

    # What is said

    @property
    def namespaces(self) -> Namespaces:
        source = self._source
        return self.session.namespaces if source is None or source.namespaces is None else source.namespaces

    def title_text(self) -> str:
        source = self._source
        return "" if source is None else " in ".join(filter(None, (source.view.plural, source.of)))

    def counts(self) -> Content:
        rows, source = self._rows, self._source
        if rows is None or source is None:
            return Content("")
        title, is_reversed = rows.sort
        kind = f"{source.view.plural} "
        parts: list[str | tuple[str, str]] = [
            (printable(kind), "bold $foreground"),
            f"{len(rows):,} of {rows.total:,}",
        ]
        if source.of:
            parts.append((f"  in {printable(source.of)}", "$foreground"))
        if rows.faults_only:
            parts.append(("  faults only", "$text-warning"))
        if self._mistake:
            parts.append((f"  {self._mistake}", "$text-error"))
        elif self._wanted:
            parts.append((f"  /{printable(self._wanted)}", "$text-accent"))
        parts.append((f"  by {title} {'↓' if is_reversed else '↑'}", "$foreground 60%"))
        return Content.assemble(*parts)

    def truth(self) -> tuple[str, Tone]:
        source = self._source
        if source is None:
            fault = self._failure or self.session.cluster.fault
            return (printable(fault.sentence()), "bad") if fault else ("connecting…", "busy")
        if source.is_static:
            return "", ""
        is_polled = source.resource is not None and not source.resource.is_watchable
        return truth(source.feed.statuses, self.session.clock.monotonic(), source.view.plural, is_polled=is_polled)

    def show_truth(self) -> None:
        source = self._source
        if source is not None and source.feed.is_complete and not self._was_complete:
            self._changed()  # a list that is whole and a table without its rows are not said to be live
        else:
            super().show_truth()

    def tick(self) -> None:
        rows = self._rows
        if rows is not None and self.is_current:
            if rows.ticks:
                rows.refilter()
                self._table.refresh_lines()
                self._say_empty()
            else:
                self._table.tick()
        super().tick()

    # The filter

    @property
    def _wanted(self) -> str:
        return self._filter if self._typing is None else self._typing

    def _apply_filter(self) -> None:
        """Let through what the filter asks for; one with a mistake says which part, and lets everything through."""
        rows = self._rows
        if rows is None:
            return
        self._mistake = ""
        try:
            wanted = rows.read_filter(self._wanted)
        except UsageError as mistake:
            self._mistake = mistake.sentence()
            wanted = None
        rows.set_filter(wanted)

    def _repaint(self) -> None:
        self._table.refresh_lines()
        self._say_empty()
        self.show_truth()
