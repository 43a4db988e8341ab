"""One live table that fills the screen: any kind, filtered and sorted, opened with Enter."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.errors import Forbidden, KtyError, UsageError
from kty.kube.objects import Key
from kty.screens.frame import Frame
from kty.screens.rows import Rows
from kty.screens.session import Session
from kty.screens.sources import Source, open_source
from kty.screens.truth import trouble, truth
from kty.text import printable
from kty.views.view import Destination, Tone, Yaml
from kty.widgets.live_table import LiveTable
from kty.widgets.prompt import Prompt


class BrowseScreen(Frame):
    """A list. It keeps its cursor, filter and sort while other screens cover it, and lets its watches rest then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yaml", "yaml", id="yaml"),
        Binding("slash", "filter", "filter", id="filter", priority=True),
        Binding("0", "all_namespaces", "all namespaces", id="namespaces.all"),
        Binding("w", "only_namespace", "only this row's namespace", id="namespaces.only", show=False),
        Binding("ctrl+w", "wide", "wide", id="wide"),
        Binding("ctrl+z", "faults", "faults only", id="faults", show=False),
        Binding("shift+right", "sort_step(1)", "sort by the next column", id="sort.next", show=False),
        Binding("shift+left", "sort_step(-1)", "sort by the column before", id="sort.previous", show=False),
        Binding("O", "sort_reverse", "sort the other way", id="sort.reverse", show=False),
        Binding("N", "sort_by('Name')", "sort by name", id="sort.name", show=False),
        Binding("A", "sort_by('Age')", "sort by age", id="sort.age", show=False),
        Binding("S", "sort_by('Status')", "sort by status", id="sort.status", show=False),
        Binding("P", "sort_by('Namespace')", "sort by namespace", id="sort.namespace", show=False),
        Binding("c", "copy(0)", "copy the name", id="copy.name", show=False),
        Binding("n", "copy(1)", "copy the namespace", id="copy.namespace", show=False),
        Binding("ctrl+r", "reload", "list anew", id="reload", show=False),
    ]

    class Changed(Message, bubble=False):
        """Something in the stores changed; however many of these wait, the screen is painted once."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, BrowseScreen.Changed)

    def __init__(self, session: Session, destination: Destination, *, filter_text: str = "") -> None:
        super().__init__(session)
        self._destination = destination
        self._filter = filter_text
        self._typing = ""
        self._mistake = ""
        self._source: Source | None = None
        self._rows: Rows | None = None
        self._columns: object = None
        self._stop_session = session.on_change(lambda: self.post_message(self.Moved()))

    class Moved(Message, bubble=False):
        """Other namespaces are shown."""

    def compose_body(self) -> Iterable[Widget]:
        yield LiveTable(empty="…")

    @property
    def _table(self) -> LiveTable:
        return self.query_one(LiveTable)

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
        self._close_source()

    def on_browse_screen_moved(self) -> None:
        if self.is_current:
            self._close_source()
            self._open_source()

    def _close_source(self) -> None:
        if self._source is not None:
            self._source.feed.close()
            self._source = None

    @work(exclusive=True, group="source")
    async def _open_source(self) -> None:
        try:
            source = await open_source(self._destination, self.session, lambda: self.post_message(self.Changed()))
        except KtyError as error:
            self.say(error.sentence(), "bad")
            self._table.empty = error.sentence()
            return
        self._source = source
        view = source.view
        self._rows = rows = Rows(
            view,
            source.feed.stores,
            now=self.session.clock.now,
            scope=source.scope,
            namespaces=view.namespaced and source.spans_namespaces,
            sort=self.session.state.sort(view.id),
            wide=self.session.state.wide(view.id),
        )
        self._columns = None
        table = self._table
        key = table.cursor_key
        self._take_columns()
        self._apply_filter(self._filter)
        table.frozen = rows.names
        table.lines = rows
        if key is not None:
            table.cursor_key = key
        self._changed()
        self.show_frame()

    def _take_columns(self) -> None:
        """Take the columns that the server chose, once they are known or have changed."""
        source, rows = self._source, self._rows
        if source is not None and rows is not None and source.columns() not in (None, self._columns):
            self._columns = source.columns()
            rows.set_columns(source.columns() or ())
            self._apply_filter(self._filter)

    def on_browse_screen_changed(self) -> None:
        self._changed()

    def _changed(self) -> None:
        source, rows = self._source, self._rows
        if source is None or rows is None:
            return
        self._take_columns()
        was_complete = self._was_complete
        self._was_complete = source.feed.is_complete
        changes = rows.update()
        table = self._table
        if was_complete and changes.keys:
            table.flash(changes.keys)
        table.refresh_lines(changes.keys)
        self._say_empty()
        self.show_truth()
        self._fall_back()

    _was_complete = False

    def _say_empty(self) -> None:
        source, rows = self._source, self._rows
        if source is None or rows is None or len(rows):
            return
        if not source.feed.is_complete:
            self._table.empty = trouble(source.feed.statuses, source.view.plural) or "…"
        elif rows.total:
            self._table.empty = "nothing matches"
        else:
            names = ", ".join(self.session.namespaces)
            self._table.empty = f"no {source.view.plural}" + (
                f" in {names}" if names and source.view.namespaced else ""
            )

    def _fall_back(self) -> None:
        """Show `default` where all namespaces were only a guess and may not be listed."""
        source = self._source
        if source is None or not self.session.is_guess or not source.view.namespaced:
            return
        for status in source.feed.statuses:
            if status.phase == "refused" and isinstance(status.error, Forbidden):
                self.session.show(("default",), remember=False)
                self.say(f"only default is shown: no permission to list {source.view.plural} in all namespaces", "warn")

    # What is said

    def title_text(self) -> str:
        source = self._source
        return source.title if source else ""

    def counts(self) -> Content:
        rows, source = self._rows, self._source
        if rows is None or source is None:
            return Content("")
        title, is_reversed = rows.sort
        parts: list[str | tuple[str, str]] = [
            (f"{printable(source.title)} ", "bold $foreground"),
            f"{len(rows):,} of {rows.total:,}",
        ]
        if rows.faults_only:
            parts.append(("  faults only", "$text-warning"))
        shown = self._typing or self._filter
        if self._mistake:
            parts.append((f"  {self._mistake}", "$text-error"))
        elif shown:
            parts.append((f"  /{printable(shown)}", "$text-accent"))
        parts.append((f"  by {title} {'↓' if is_reversed else '↑'}", "$foreground 60%"))
        return Content.assemble(*parts)

    def truth(self) -> tuple[str, Tone]:
        source = self._source
        if source is None:
            fault = self.session.cluster.fault
            return (printable(fault.sentence()), "bad") if fault else ("connecting…", "busy")
        if source.is_static:
            return "", ""
        return truth(source.feed.statuses, self.session.clock.monotonic(), source.view.plural)

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

    # Filter

    def action_filter(self) -> None:
        """Ask for a filter."""
        self.query_one(Prompt).open("/", self._filter)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == "/":
            self._typing = event.text
            self._apply_filter(event.text)
            self._table.refresh_lines()
            self._say_empty()
            self.show_truth()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign == "/":
            self._filter, self._typing = event.text.strip(), ""
            self._apply_filter(self._filter)
            self.close_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == "/":
            self._typing = ""
            self._apply_filter(self._filter)
            self._table.refresh_lines()
            self.close_prompt()

    def _apply_filter(self, text: str) -> None:
        """Let through what the filter asks for; one with a mistake says which part, and lets everything through."""
        rows = self._rows
        if rows is None:
            return
        self._mistake = ""
        try:
            wanted = rows.read_filter(text)
        except UsageError as mistake:
            self._mistake = mistake.sentence()
            wanted = None
        rows.set_filter(wanted)

    def action_faults(self) -> None:
        """Show only what looks wrong, or everything again."""
        if (rows := self._rows) is not None:
            rows.set_faults_only(not rows.faults_only)
            self._repaint()

    def action_back(self) -> None:
        if self._filter:
            self._filter = ""
            self._apply_filter("")
            self._repaint()
        elif self._rows is not None and self._rows.faults_only:
            self.action_faults()
        else:
            super().action_back()

    def _repaint(self) -> None:
        self._table.refresh_lines()
        self._say_empty()
        self.show_truth()

    # Sort and width

    def _sort(self, title: str, is_reversed: bool) -> None:
        rows = self._rows
        if rows is None or title not in rows.sortable:
            return
        rows.sort_by(title, is_reversed)
        self.session.state.remember_sort(rows.view.id, title, is_reversed)
        self.session.state.save()
        self._repaint()

    def action_sort_by(self, title: str) -> None:
        """Sort by this column; the other way if it is sorted by already."""
        if (rows := self._rows) is not None:
            before, is_reversed = rows.sort
            self._sort(title, not is_reversed if before == title else False)

    def action_sort_step(self, step: int) -> None:
        """Sort by the column beside the one that is sorted by."""
        if (rows := self._rows) is not None:
            titles = rows.sortable
            at = titles.index(rows.sort[0]) if rows.sort[0] in titles else 0
            self._sort(titles[(at + step) % len(titles)], False)

    def action_sort_reverse(self) -> None:
        """Sort the other way."""
        if (rows := self._rows) is not None:
            self._sort(rows.sort[0], not rows.sort[1])

    def on_live_table_heading_clicked(self, event: LiveTable.HeadingClicked) -> None:
        if (rows := self._rows) is not None:
            self.action_sort_by(rows.sortable[event.index])

    def action_wide(self) -> None:
        """Show or hide the wide columns."""
        if (rows := self._rows) is not None:
            rows.set_wide(not rows.wide)
            self.session.state.remember_wide(rows.view.id, rows.wide)
            self.session.state.save()
            self._apply_filter(self._filter)
            self._repaint()

    # Going somewhere

    @property
    def _key(self) -> Key | None:
        rows, key = self._rows, self._table.cursor_key
        if rows is None or not isinstance(key, tuple) or rows.index(key) is None:
            return None
        return key

    def on_live_table_selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Go where the view says that Enter leads."""
        source, key = self._source, self._key
        if source is not None and key is not None and (destination := source.opens(key)) is not None:
            self.post_message(self.Opens(destination, source.resource, source.object_key(key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that makes no sense for what is listed."""
        source = self._source
        if source is not None:
            match action:
                case "yaml":
                    return source.resource is not None
                case "all_namespaces":
                    return source.view.namespaced
                case "only_namespace":
                    return source.view.namespaced and source.spans_namespaces
                case "reload":
                    return not source.is_static
        return super().check_action(action, parameters)

    def action_yaml(self) -> None:
        """Show the object itself."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            self.post_message(self.Opens(Yaml(), source.resource, source.object_key(key)))

    def action_all_namespaces(self) -> None:
        """Show all namespaces."""
        self.session.show(())

    def action_only_namespace(self) -> None:
        """Show only the namespace of the row under the cursor."""
        if (key := self._key) is not None and key[0]:
            self.session.show((key[0],))

    def action_copy(self, part: int) -> None:
        """Copy the name or the namespace to the clipboard of the person's terminal."""
        if (key := self._key) is not None and (text := key[1 - part]):
            self.app.copy_to_clipboard(text)
            self.say(f"copied {printable(text)}", "good")

    def action_reload(self) -> None:
        """List anew, as if nothing had been known."""
        if self._source is not None:
            self._source.feed.renew()
        else:
            self.open()
