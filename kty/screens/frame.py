"""What every screen has around it: who and where at the top, the truth and the keys at the bottom, and `:`."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.notifications import Notification
from textual.strip import Strip
from textual.widget import Widget

from kty.errors import KtyError, UsageError
from kty.kube.objects import Key
from kty.kube.resource import Resource
from kty.screens.completion import LiveNames
from kty.screens.key_names import key_name
from kty.screens.key_order import in_order
from kty.screens.session import Namespaces, Session
from kty.term.app import TerminalApp
from kty.term.in_turn import keys_wait_for
from kty.term.sparing import SparingScreen
from kty.text import is_printable, printable
from kty.views.view import Destination, Kinds, Tone
from kty.widgets.bar import Bar
from kty.widgets.key_bar import Hint, KeyBar
from kty.widgets.prompt import Choice, Prompt

if TYPE_CHECKING:
    from kty.views.command_line import Command

STYLES: dict[Tone, str] = {
    "": "",
    "good": "$text-success",
    "busy": "$text-accent",
    "warn": "$text-warning",
    "bad": "bold $text-error",
    "dim": "$foreground 60%",
    "accent": "$text-accent",
}
"""How a tone looks in a line of text."""

READING = 15.0
"""Seconds that a long sentence stays on screen."""


class Frame(SparingScreen[None]):
    """A screen about a session: the header, the truth line, the footer, and the command line."""

    DEFAULT_CSS = """
    Frame { layout: vertical; }
    Frame #where { color: $text-muted; }
    Frame ToastRack { margin-bottom: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "command", "command", id="command", priority=True),
        Binding("question_mark", "help", "keys", id="help"),
        Binding("escape,q", "back", "back", id="back"),
        Binding("minus", "app.again", "last command", id="command.again", show=False),
        Binding("left_square_bracket", "app.step(-1)", "earlier command", id="command.earlier", show=False),
        Binding("right_square_bracket", "app.step(1)", "later command", id="command.later", show=False),
        Binding("ctrl+a", "kinds", "all kinds", id="kinds", show=False),
        Binding("ctrl+e", "header", "header on and off", id="header", show=False),
        Binding("ctrl+t", "command('theme ')", "theme", id="theme", show=False),
        Binding("ctrl+c", "app.quit", "quit", id="quit", show=False),
    ]

    class Opens(Message):
        """A person chose to go somewhere."""

        def __init__(
            self, destination: Destination, resource: Resource | None = None, key: Key = ("", ""), where: str = ""
        ) -> None:
            """`where` is the namespace of the store that has the object already; empty for that of all of them."""
            super().__init__()
            self.destination, self.resource, self.key, self.where = destination, resource, key, where

    class Runs(Message):
        """A person typed a command."""

        def __init__(self, command: "Command") -> None:
            super().__init__()
            self.command = command

    class Leaves(Message):
        """A person wants back to where they came from."""

    class Learnt(Message, bubble=False):
        """More is known of the cluster."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Frame.Learnt)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._header, self._footer = Bar(id="where"), Bar(id="truth")
        self._prompt, self._key_bar = Prompt(), KeyBar()
        self._said: tuple[str, Tone] | None = None
        self._notices: list[Notification] = []
        """Sentences about this screen that may still be shown over it."""
        self._stop_listening = session.cluster.on_change(lambda: self.post_message(self.Learnt()))

    def compose(self) -> ComposeResult:
        yield self._header
        yield from self.compose_body()
        yield self._prompt
        yield self._footer
        yield self._key_bar

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the ground, of which one line looks like the other: it is asked for with each frame, and covered."""
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def compose_body(self) -> Iterable[Widget]:
        """Yield what stands between header and footer."""
        return ()

    def on_mount(self) -> None:
        if not self._prompt.is_open:  # who types at once types there
            self.focus_body()
        self.show_frame()
        self.set_interval(1.0, self.tick)

    def on_unmount(self) -> None:
        self._stop_listening()
        if self._names is not None:
            self._names.close()

    def on_frame_learnt(self) -> None:
        self.show_frame()
        prompt = self._prompt
        if prompt.is_open and prompt.sign == ":":
            self._offer(prompt.typed)

    def tick(self) -> None:
        """A second has passed."""
        if self._forwards_shown != len(self.session.forwards):
            self.show_frame()
        if fault := self.session.new_fault():
            self.say(printable(fault))
        self.show_truth()

    # What is said at the top and at the bottom

    def title_text(self) -> str:
        """What this screen is about, for the header."""
        return ""

    @property
    def namespaces(self) -> Namespaces:
        """What the header says is shown; empty for all of them."""
        return self.session.namespaces

    def show_frame(self) -> None:
        """Paint header, truth and keys anew."""
        cluster = self.session.cluster
        self._forwards_shown = len(self.session.forwards)
        where = Content.assemble(
            ("kty ", "bold $text-accent"),
            (printable(cluster.config.context), "bold $foreground"),
            f"  {cluster.version}" if cluster.version else "",
            f"  {printable(cluster.user)}" if cluster.user else "",
            ("  read-only", "$text-warning") if self.session.readonly else "",
            (f"  {self._forwards_shown} forwarded", "$text-accent") if self._forwards_shown else "",
        )
        names = ", ".join(map(printable, self.namespaces)) or "all namespaces"
        self._header.show(where, Content.styled(names, "$foreground"))
        self.show_truth()
        self.show_keys()

    def counts(self) -> Content:
        """What the truth line says at its left."""
        return Content("")

    def truth(self) -> tuple[str, Tone]:
        """What the truth line says at its right, and how bad that is."""
        return "", ""

    def say(self, text: str, tone: Tone = "warn") -> None:
        """Say something in the truth line until the next key; empty: no longer."""
        self._said = (text, tone) if text else None
        self.show_truth()

    def report(self, text: str, tone: Tone, *, lasts: bool = False) -> None:
        """Say how something went; what is too long for the truth line is shown whole as well, for a while.

        It is about this screen, and goes when the person does; what `lasts` is about what was done, and stays.
        """
        self.say(text, tone)
        app = self.app
        if len(text) > self.size.width // 2 and isinstance(app, TerminalApp):
            severity: Literal["error", "warning", "information"]
            severity = "error" if tone == "bad" else "warning" if tone == "warn" else "information"
            notice = Notification(text, severity=severity, timeout=READING)
            app.tell(notice)
            if not lasts:
                self._notices = [*[each for each in self._notices if not each.has_expired], notice]

    def may_change(self, why_not: str) -> bool:
        """Say whether this person's kty changes anything; where it does not, tell them."""
        if self.session.readonly:
            self.say(f"kty was started read-only: {why_not}", "bad")
        return not self.session.readonly

    def on_screen_suspend(self) -> None:
        app = self.app
        if self._notices and isinstance(app, TerminalApp) and not app.screen.is_modal:
            app.withdraw(self._notices)
            self._notices.clear()

    def on_key(self) -> None:
        if self._said:
            self.say("")

    def show_truth(self) -> None:
        text, tone = self.truth()
        dot = "● " if tone == "good" else "▲ " if tone in ("warn", "bad") else ""
        right = Content.styled(dot + text, STYLES[tone])
        left = self.counts()
        if self._said:
            left = Content.assemble(left, "  ", (self._said[0], STYLES[self._said[1]]))
        self._footer.show(left, right)

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def show_keys(self) -> None:
        if self._prompt.is_open:  # what applies now is typing
            return
        active: Iterable[ActiveBinding] = self.active_bindings.values()
        if self.session.settings.keys:
            active = in_order(active)
        hints = {
            binding.action: Hint(key_name(binding.key), binding.description, binding.action, node)
            for node, binding, enabled, _ in reversed([*active])
            if binding.show and enabled and binding.description
        }
        self._key_bar.show(tuple(reversed(hints.values())))

    # The command line

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the keys that open the prompt be text while it is open.

        They have priority: a key that follows at once is for the prompt, and no screen may take it for its own.
        """
        return not (action in ("command", "filter", "search") and self._prompt.is_open)

    def action_command(self, text: str = "") -> None:
        """Ask for a command."""
        self.session.cluster.look_again()
        if self._names is None:  # followed only while names can be completed
            self._names = LiveNames(self.session, lambda: self.post_message(self.Learnt()))
        self._prompt.open(":", text)
        self._offer(text)

    def _offer(self, text: str) -> None:
        from kty.views.completion import complete, no_names  # not before somebody types

        session, names = self.session, self._names
        found = complete(
            text,
            resources=session.resources(),
            contexts=tuple(session.kubeconfig.contexts),
            namespaces=names.namespaces() if names else (),
            history=session.state.history,
            themes=session.themes,
            names=names.of if names else no_names,
        )
        # What cannot be typed is not offered: the line is shown as it is, and names come from the cluster.
        offered = [each for each in found if is_printable(each.insert)][:50]
        choices = [Choice(each.insert, each.label, each.detail, each.why_not) for each in offered]
        self._prompt.offer(choices)
        self._best = next((choice.insert for choice in choices if not choice.why_not), "")

    _forwards_shown = 0
    _best = ""
    _names: LiveNames | None = None

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == ":":
            self.say("")
            self._offer(event.text)

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign == ":":
            self.run_command(event.text)

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == ":":
            self.workers.cancel_group(self, "command")  # it may wait for a server that never answers
            self.close_prompt()

    def close_prompt(self) -> None:
        """Hide the prompt; what was said about it goes with it."""
        self._prompt.close()
        if self._names is not None:
            self._names.close()
            self._names = None
        self.say("")
        self.focus_body()
        self.call_after_refresh(self.show_keys)

    def focus_body(self) -> None:
        """Let keys go to the body again."""

    @work(exclusive=True, group="command")
    async def run_command(self, text: str) -> None:
        """Run a command as if it had been typed."""
        best, text = self._best, text.strip()
        if not text:
            self.close_prompt()
            return
        try:
            try:
                command = await self.session.understand(text)
            except UsageError:
                if not best or " " in text or self.session.find(text):
                    raise
                command, text = await self.session.understand(best.strip()), best.strip()
        except KtyError as error:
            self.say(error.sentence(), "bad")
            self._prompt.refuse()
            return
        self.session.state.remember_command(text)
        self.session.state.save()
        self.go(self.Runs(command))
        self.close_prompt()

    # Other actions

    def go(self, where: Message) -> None:
        """Ask the app to show something else; what is typed meanwhile is for that."""
        keys_wait_for(self, where)
        self.post_message(where)

    def action_back(self) -> None:
        """Go back to where the person came from."""
        self.go(self.Leaves())

    def action_help(self) -> None:
        from kty.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.active_bindings.values(), self.title_text(), self.legend()))

    def legend(self) -> Sequence[tuple[str, str]]:
        """What is abbreviated on this screen, for the page of keys."""
        return ()

    def action_kinds(self) -> None:
        """List the kinds that the server has."""
        self.go(self.Opens(Kinds()))

    def action_header(self) -> None:
        """Show or hide the header."""
        header = self._header
        header.display = not header.display
