"""The ports that are forwarded: what goes through them, what failed, and how to end one."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.kube.objects import Key
from kty.runtime.forward import Forward
from kty.screens.forward_lines import ForwardLines, last_error, local
from kty.screens.frame import Frame
from kty.screens.session import Session
from kty.text import printable
from kty.views.logs import pod_logs
from kty.views.view import Browse, Describe, Destination, Logs, Tone, Yaml
from kty.widgets.live_table import LiveTable

_NONE = "no port is forwarded: shift+f on a pod, a workload or a service forwards one"
_NONE_HERE = "no port is forwarded over SSH, to whose server it would belong: kty on your own machine forwards ports"


class ForwardsScreen(Frame):
    """Shows the forwards of this session. They go on whatever is shown, and end with the program."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "go('yaml')", "yaml", id="forwards.yaml"),
        Binding("d", "go('describe')", "describe", id="forwards.describe"),
        Binding("l", "logs", "logs", id="forwards.logs"),
        Binding("c", "copy", "copy address", id="forwards.copy"),
        Binding("ctrl+d,x", "stop", "stop", id="forwards.stop"),
    ]

    class Changed(Message, bubble=False):
        """A forward came, went, or stands otherwise."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ForwardsScreen.Changed)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lines = ForwardLines(session.forwards, session.clock.now, session.context)
        self._table = LiveTable(self._lines, empty=_NONE if session.listen is not None else _NONE_HERE)
        self._stop_forwards = session.forwards.on_change(lambda: self.post_message(self.Changed()))

    def compose_body(self) -> Iterable[Widget]:
        yield self._table

    @property
    def _forward(self) -> Forward | None:
        """The one under the cursor."""
        key = self._table.cursor_key
        return key if isinstance(key, Forward) and self._lines.index(key) is not None else None

    def on_mount(self) -> None:
        self.watch(self._table, "pointed", self.show_frame, init=False)

    def focus_body(self) -> None:
        self.set_focus(self._table)

    def on_unmount(self) -> None:
        self._stop_forwards()

    def on_forwards_screen_changed(self) -> None:
        self._lines.update()
        self._table.refresh_lines()
        self.show_frame()

    def tick(self) -> None:
        if self.is_current:
            self._table.refresh_lines()  # rates and ages
        super().tick()

    # What is said

    def title_text(self) -> str:
        return "portforwards"

    def counts(self) -> Content:
        count = len(self._lines)
        is_open = sum(forward.open for forward in self.session.forwards)
        return Content.assemble(
            ("portforwards ", "bold $foreground"),
            f"{count:,}",
            (f"  {is_open:,} connection{'s' * (is_open != 1)} open", "$foreground 60%"),
        )

    def truth(self) -> tuple[str, Tone]:
        """Say in full how the one under the cursor stands: its line may have no room for that."""
        forward = self._forward
        if forward is None:
            return "", ""
        if forward.standing != "ready":
            return printable(forward.why), "bad" if forward.standing == "refused" else "warn"
        if forward.error is not None:
            return printable(last_error(forward, self.session.clock.now())), "warn"
        return printable(f"leads to {forward.pod}"), "good"

    # What is done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("go", "logs", "copy", "stop"):
            return self._forward is not None
        return super().check_action(action, parameters)

    def on_live_table_selected(self) -> None:
        self.action_go("yaml")

    def action_go(self, where: str) -> None:
        """Show what the forward leads to."""
        if (forward := self._here()) is not None:
            target = forward.target
            shown: Destination = Describe() if where == "describe" else Yaml()
            key: Key = (target.namespace, target.name)
            self.go(self.Opens(shown, target.resource, key, target.namespace))

    def action_logs(self) -> None:
        """Show what the pods print that it leads to."""
        if (forward := self._here()) is None:
            return
        target = forward.target
        if target.is_pod:
            self.go(self.Opens(pod_logs((target.namespace, target.name)), where=target.namespace))
            return
        pods = Browse("pods", target.namespace, target.labels, target.owner, title=str(target))
        self.go(self.Opens(Logs(pods)))

    def _here(self) -> Forward | None:
        """Return the one under the cursor, where it leads into the context that is shown."""
        forward = self._forward
        if forward is not None and forward.context != self.session.context:
            self.say(printable(f"it leads into another context: type :ctx {forward.context} first"))
            return None
        return forward

    def action_copy(self) -> None:
        """Copy the local address to the clipboard of the person's terminal."""
        if (forward := self._forward) is not None:
            self.app.copy_to_clipboard(local(forward))
            self.say(f"copied {local(forward)}", "good")

    def action_stop(self) -> None:
        """End the forward and its connections."""
        if (forward := self._forward) is not None:
            self._stop(forward)

    @work(group="stop")
    async def _stop(self, forward: Forward) -> None:
        await self.session.forwards.stop(forward)
        self.say(printable(f"{local(forward)} leads to {forward.target} no longer"), "good")
