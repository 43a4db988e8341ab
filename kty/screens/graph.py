"""One object among its owners, what these own, what it uses and what uses it: live, and opened with Enter."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from kty.runtime.graph import Ref
from kty.screens.acting import ACTIONS
from kty.screens.graph_tree import GraphTree
from kty.text import printable
from kty.views.involved import events_of
from kty.views.logs import HAVE_LOGS, logs_of, pod_logs
from kty.views.registry import view_of
from kty.views.view import Describe, Destination, Graph, Shell, Yaml


class GraphScreen(GraphTree):
    """The graph of an object. What is under the cursor can be opened and acted upon as in its list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ACTIONS,
        Binding("y", "yaml", "yaml", id="yaml"),
        Binding("d", "describe", "describe", id="describe"),
        Binding("T", "graph", "graph of this", id="graph"),
        Binding("E", "events", "events", id="events", show=False),
        Binding("l", "logs", "logs", id="logs"),
        Binding("p", "logs(True)", "logs of the run before", id="logs.previous", show=False),
        Binding("s", "shell", "shell", id="shell"),
        Binding("a", "shell(True)", "attach", id="attach", show=False),
        Binding("c", "copy(0)", "copy the name", id="copy.name", show=False),
        Binding("n", "copy(1)", "copy the namespace", id="copy.namespace", show=False),
    ]

    def on_mount(self) -> None:
        self.watch(self._tree, "pointed", self.show_keys, init=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that makes no sense for what is under the cursor."""
        pointed = self._pointed() if self.is_mounted else None
        match action:
            case "yaml" | "describe" | "events" | "copy":
                return pointed is not None and not (
                    action == "copy" and parameters == (0,) and any(each.key == "c" for each in self._actions)
                )
            case "graph":
                return pointed is not None and Ref(pointed[0].id, *pointed[1]) != self._focus
            case "logs":
                return pointed is not None and pointed[0].id in HAVE_LOGS
            case "shell":
                return pointed is not None and pointed[0].id == "pods"
        return super().check_action(action, parameters)

    def on_live_table_selected(self) -> None:
        pointed, obj = self._pointed(), self._pointed_object()
        if pointed is None or obj is None:
            self._tree.action_toggle_fold()
        else:
            self._go(view_of(pointed[0]).opens(obj))

    def _go(self, destination: Destination) -> None:
        if (pointed := self._pointed()) is not None:
            resource, key = pointed
            self.go(self.Opens(destination, resource, key, key[0]))

    def action_yaml(self) -> None:
        """Show the object itself."""
        self._go(Yaml())

    def action_describe(self) -> None:
        """Show the object in words, with its events."""
        self._go(Describe())

    def action_graph(self) -> None:
        """Show the graph of the object under the cursor."""
        self._go(Graph())

    def action_events(self) -> None:
        """List what happened to the object; to all that is in it, where it is a namespace."""
        if (pointed := self._pointed()) is not None:
            self._go(events_of(*pointed, self._pointed_object() or {}))

    def action_logs(self, previous: bool = False) -> None:
        """Show what its containers print."""
        pointed, obj = self._pointed(), self._pointed_object()
        if pointed is None or obj is None:
            return
        resource, key = pointed
        is_pod = resource.id == "pods"
        found = pod_logs(key, previous=previous) if is_pod else logs_of(view_of(resource).opens(obj), previous=previous)
        if found is None:
            self.say("no pods belong to it, so there are no logs")
        elif is_pod:
            self._go(found)
        else:
            self.go(self.Opens(found))

    def action_shell(self, attach: bool = False) -> None:
        """Open a shell in the pod, or join what runs there."""
        if (pointed := self._pointed()) is not None and self.may_change("no shells"):
            self._go(Shell(*pointed[1], attach=attach))

    def action_copy(self, part: int) -> None:
        """Copy the name or the namespace to the clipboard of the person's terminal."""
        if (pointed := self._pointed()) is not None and (text := pointed[1][1 - part]):
            self.app.copy_to_clipboard(text)
            self.say(f"copied {printable(text)}", "good")
