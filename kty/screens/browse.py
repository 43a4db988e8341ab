"""One live table that fills the screen: any kind, filtered and sorted, opened with Enter."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from kty.kube.objects import Key
from kty.screens.acting import ACTIONS
from kty.screens.copying import copy
from kty.screens.marking import MARKS
from kty.screens.reaching import REACHES, ReachingList
from kty.screens.sources import Source
from kty.views.involved import events_of
from kty.views.logs import HAVE_LOGS, logs_of, logs_of_pods, logs_together, pod_logs
from kty.views.view import Browse, Describe, Destination, Graph, History, Logs, Yaml
from kty.widgets.live_table import LiveTable
from kty.widgets.prompt import Prompt


class BrowseScreen(ReachingList):
    """What a person can do to a list: filter it, sort it, and go on from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ACTIONS,
        *MARKS,
        Binding("y", "yaml", "yaml", id="yaml"),
        *REACHES,
        Binding("d", "describe", "describe", id="describe"),
        Binding("E", "events", "events", id="events", show=False),
        Binding("H", "history", "history", id="history", show=False),
        Binding("l", "logs", "logs", id="logs"),
        Binding("p", "logs(True)", "logs of the run before", id="logs.previous", show=False),
        Binding("L", "logs_listed", "logs of all listed pods", id="logs.listed", show=False),
        Binding("slash", "filter", "filter", id="filter", priority=True),
        Binding("0", "all_namespaces", "all namespaces", id="namespaces.all"),
        Binding("T", "graph", "graph", id="graph"),
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
        Binding("C", "copy(2)", "copy namespace/name", id="copy.qualified", show=False),
        Binding("ctrl+r", "reload", "list anew", id="reload", show=False),
    ]

    # Filter

    def action_filter(self) -> None:
        """Ask for a filter."""
        self._prompt.open("/", self._filter)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == "/":
            self._typing = event.text
            self._apply_filter()
            self._table.refresh_lines()
            self._say_empty()
            self.show_truth()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign == "/":
            self._filter, self._typing = event.text.strip(), None
            self._apply_filter()
            self.close_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == "/":
            self._typing = None
            self._apply_filter()
            self._table.refresh_lines()
            self.close_prompt()

    def action_faults(self) -> None:
        """Show only what looks wrong, or everything again."""
        if (rows := self._rows) is not None:
            if rows.faults_only:
                self._table.keep_cursor()
            rows.set_faults_only(not rows.faults_only)
            self._repaint()

    def action_back(self) -> None:
        if self._filter:
            self._filter = ""
            self._table.keep_cursor()
            self._apply_filter()
            self._repaint()
        elif self._rows is not None and self._rows.faults_only:
            self.action_faults()
        else:
            super().action_back()

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
            self._table.frozen = rows.names
            self.session.state.remember_wide(rows.view.id, rows.wide)
            self.session.state.save()
            self._apply_filter()
            self._repaint()

    # Going somewhere

    def on_live_table_selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Go where the view says that Enter leads."""
        source, key = self._source, self._key
        if source is not None and key is not None and (destination := source.opens(key)) is not None:
            self._go(source, key, destination)

    def _go(self, source: Source, key: Key, destination: Destination) -> None:
        target = source.object_key(key)
        self.go(self.Opens(destination, source.resource, target, source.store_of(target)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that makes no sense for what is listed."""
        source = self._source
        if source is not None:
            match action:
                case "copy" if parameters == (0,):
                    return not any(each.key == "c" for each in self._actions)
                case "yaml" | "describe" | "events" | "history" | "graph":
                    return source.resource is not None
                case "logs":
                    return source.view.id in HAVE_LOGS
                case "logs_listed":
                    return source.view.id == "pods"
                case "all_namespaces":
                    return source.namespaces is not None and not source.is_narrowed
                case "only_namespace":
                    return source.namespaces is not None and not source.is_narrowed and len(source.namespaces) != 1
                case "reload":
                    return not source.is_static
        return super().check_action(action, parameters)

    def action_yaml(self) -> None:
        """Show the object itself."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            self._go(source, key, Yaml())

    def action_describe(self) -> None:
        """Show the object in words, with its events."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            self._go(source, key, Describe())

    def action_history(self) -> None:
        """Show what changed on the object since kty watches it."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            self._go(source, key, History())

    def action_graph(self) -> None:
        """Show the object among its owners, what these own, and what uses what."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            self._go(source, key, Graph())

    def action_events(self) -> None:
        """List what happened to the object; to all that is in it, where it is a namespace."""
        source, key = self._source, self._key
        if source is not None and source.resource is not None and key is not None:
            target = source.object_key(key)
            self._go(source, key, events_of(source.resource, target, source.whole(key) or {}))

    def action_logs(self, previous: bool = False) -> None:
        """Show what the row's containers print."""
        source, key = self._source, self._key
        if source is None or key is None:
            return
        if source.view.id == "containers":
            names = [name for _, name in self._chosen]
            self._go(source, key, pod_logs(source.object_key(key), *names, previous=previous))
        elif len(self._chosen) > 1:
            self._logs_of_many(source, previous)
        elif (logs := logs_of(source.opens(self._chosen[0]), previous=previous)) is None:
            self.say("no pods belong to it, so there are no logs")
        elif source.view.id == "pods":
            self._go(source, self._chosen[0], logs)
        else:
            self.go(self.Opens(logs))

    def _logs_of_many(self, source: Source, previous: bool) -> None:
        keys = self._chosen
        if source.view.id == "pods":
            self.go(self.Opens(logs_of_pods(keys, source.namespaces or (), previous=previous)))
            return
        found = [logs for key in keys if (logs := logs_of(source.opens(key), previous=previous)) is not None]
        if found:
            self.go(self.Opens(logs_together(found, f"{len(found):,} {source.view.plural}")))
        else:
            self.say("no pods belong to them, so there are no logs")

    def action_logs_listed(self) -> None:
        """Show what the containers of all the listed pods print."""
        source, destination = self._source, self._destination
        if source is not None and isinstance(destination, Browse):
            self.go(self.Opens(Logs(destination, filter=self._filter)))

    def action_all_namespaces(self) -> None:
        """Show all namespaces."""
        self.session.show(())

    def action_only_namespace(self) -> None:
        """Show only the namespace of the row under the cursor."""
        if (key := self._key) is not None and key[0]:
            self.session.show((key[0],))

    def action_copy(self, part: int) -> None:
        """Copy the name (0), the namespace (1) or both (2) to the clipboard of the person's terminal."""
        named = [(key[1], key[0], "/".join(filter(None, key)))[part] for key in self._chosen]
        if texts := list(dict.fromkeys(filter(None, named))):
            copy(self, "\n".join(texts), texts[0] if len(texts) == 1 else f"{len(texts):,} names")

    def action_reload(self) -> None:
        """List anew, as if nothing had been known."""
        if self._source is not None:
            self._source.renew()
        else:
            self.open()
