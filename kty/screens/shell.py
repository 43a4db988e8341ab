"""A shell in a container, a program run there, or what runs there itself: the person's terminal is lent to it.

The screen is seen before, after, and while the person is away from a program that goes on.
"""

import re
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kty.errors import KtyError, NotFound, StatusError, UsageError
from kty.kube.api import Api
from kty.kube.debugging import debug_container, default_container, has_terminal, why_not_running
from kty.kube.kinds import Pod
from kty.kube.streams.exec import Process, attach, execute
from kty.runtime.access import Need
from kty.runtime.programs import KEPT, Program
from kty.runtime.shells import shell_command
from kty.screens.frame import STYLES, Frame
from kty.screens.session import Session
from kty.term.app import TerminalApp
from kty.text import printable
from kty.views.view import Shell, Tone

_NO_SHELL = re.compile(r"executable file not found|no such file or directory|exit status 12[67]", re.IGNORECASE)
_NOT_RUNNING = re.compile(r"container not found \(|container \S+ not found in pod ")
"""What kubelets say of a container that has not started, or has ended."""


def _how(program: Program) -> str:
    """Say how a program ended."""
    if program.fault is not None:
        return f"It broke off: {printable(str(program.fault))}"
    return f"It ended with {program.exit.code if program.exit else '?'}"


class _Said(Static, can_focus=True):
    """What is said; it has the focus, else the keys would go to the prompt."""

    DEFAULT_CSS = "_Said { height: 1fr; padding: 1 2; }"


class ShellScreen(Frame):
    """Says what becomes of one program, and brings the person into it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "go in", id="shell.enter"),
        Binding("s", "shell", "shell", id="shell.shell"),
        Binding("x", "end", "end it", id="shell.end"),
        Binding("d", "debug", "debug container", id="shell.debug"),
    ]

    class Heard(Message, bubble=False):
        """The program printed something that nobody saw, or ended."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ShellScreen.Heard)

    def __init__(self, session: Session, target: Shell) -> None:
        super().__init__(session)
        self._sentence = _Said()
        self._target = target
        self._container = target.container
        self._stopped = ""
        """Why the container did not run when it was looked at, in a word."""
        self._program = session.program(target)
        self._saying: tuple[str, Tone] = ("connecting …", "busy")
        self._fault: KtyError | None = None
        self._is_away = False
        self._is_gone = False
        """Whether the pod is deleted, so that there is nothing to go into."""
        self._lacks_terminal = False
        """Whether it was to be joined, and has no terminal."""

    def compose_body(self) -> Iterable[Widget]:
        yield self._sentence

    def focus_body(self) -> None:
        self.set_focus(self._sentence)

    @property
    def _app(self) -> TerminalApp[Any]:
        app = self.app
        if not isinstance(app, TerminalApp):
            raise TypeError(f"{type(app).__name__} has no terminal to lend")
        return app

    def on_mount(self) -> None:
        super().on_mount()
        if self._program is not None:
            self._program.on_change(self._hear)
        self.call_after_refresh(self.action_enter)

    def _hear(self) -> None:
        self.post_message(self.Heard())

    # What is said

    def title_text(self) -> str:
        target = self._target
        return printable(f"{target.word} in {target.namespace}/{target.pod}") + (
            f" {printable(target.container)}" if target.container else ""
        )

    def counts(self) -> Content:
        return Content.styled(self.title_text(), "bold $foreground")

    def truth(self) -> tuple[str, Tone]:
        program = self._program
        if program is None or program.is_over or not self._is_away:
            return "", ""
        if program.is_held_up:
            return f"it has printed {KEPT // 1024} KiB that nobody saw, and waits until you go in", "warn"
        return f"running; {program.unseen:,} bytes came meanwhile" if program.unseen else "running", "good"

    def _say(self, text: str, tone: Tone = "") -> None:
        self._saying = (text, tone)
        self._sentence.update(Content.styled(text, STYLES[tone]))
        self.show_frame()

    def on_shell_screen_heard(self) -> None:
        program = self._program
        if self._is_away and program is not None and program.is_over:
            if program.unseen:
                self._say(f"{_how(program)}. Enter shows what it printed last.")
            else:
                self._ended(program)
        self.show_truth()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_running = self._program is not None and not self._program.is_over
        match action:
            case "enter":
                return (self._is_away or self._fault is not None) and not (self._is_gone or self._lacks_terminal)
            case "shell":
                return self._lacks_terminal
            case "end":
                return self._is_away and is_running
            case "debug":
                return self._has_no_shell and self.is_active  # a key pressed twice: the first one asks already
        return super().check_action(action, parameters)

    @property
    def _has_no_shell(self) -> bool:
        fault = self._fault
        is_shell = not (self._target.attach or self._target.command)
        return isinstance(fault, StatusError) and is_shell and bool(_NO_SHELL.search(str(fault)))

    # What is done

    @work(exclusive=True, group="shell")
    async def action_enter(self) -> None:
        """Go in, where the program is running; start it where it is not."""
        self._is_away, self._fault = False, None
        program = self._program
        if program is None or (program.is_over and not program.unseen):
            self._say("connecting …", "busy")
            try:
                program = await self._start()
            except KtyError as error:
                self._failed(error)
                return
        await program.started()
        if program.fault is None or not program.is_over or program.unseen:
            try:
                await self._sit(program)
            except UsageError as error:
                self._failed(error)
                return
        if program.is_over:
            self._ended(program)
        else:
            self._is_away = True
            self._say("It goes on in the background. Enter goes back in, x ends it, Escape leaves it running.")

    async def _start(self) -> Program:
        session, target = self.session, self._target
        client = session.cluster.client
        try:
            pod = await Api.of(client, Pod, target.namespace).get(target.pod)
        except NotFound:
            self._is_gone = True
            raise
        container = target.container or default_container(pod)
        self._container, self._stopped = container, why_not_running(pod, container)
        if target.attach and not has_terminal(pod, container):
            self._lacks_terminal = True
            raise UsageError(
                f"container {container} has no terminal to sit at (stdin and tty)",
                hint="s opens a shell in it",
            )
        command = [*target.command] or shell_command(self._app.terminal.name)

        def opens() -> AbstractAsyncContextManager[Process]:
            where = client, target.namespace, target.pod
            if target.attach:
                return attach(*where, container=container, stdin=True, tty=True)
            return execute(*where, command, container=container, stdin=True, tty=True)

        program = session.run_program(target, opens)
        program.on_change(self._hear)
        self._program = program
        return program

    async def _sit(self, program: Program) -> None:
        with self._app.lent() as lent:
            await lent.write(f"\x1b[2m{self.title_text()}: ctrl-] leaves it\x1b[0m\r\n".encode())
            is_late = program.is_over
            await program.sit(lent)
            # A shell's end was the person's own doing; of all else they want to see what was printed.
            if is_late or (program.exit is not None and self._target.command):
                await lent.write(f"\x1b[0m\x1b[?25h\r\n\x1b[2m{_how(program)}; any key goes back\x1b[0m\r\n".encode())
                await lent.key()

    def _failed(self, error: KtyError) -> None:
        self._fault = error
        said, hint = error.sentence(), ""
        if self._is_gone:
            said = self._gone()
        elif _NOT_RUNNING.search(str(error)):
            said = f"container {self._container} is not running" + f": {self._stopped}" * bool(self._stopped)
            hint = "\n\nEnter tries again. Its logs say what it printed before."
        elif self._has_no_shell:
            image = self.session.settings.debug_image
            said = f"This container has no shell: d starts a debug container ({image}) beside it."
            hint = f"\n\n{printable(error.sentence())}"
        elif self._target.command and _NO_SHELL.search(str(error)):
            hint = "\n\nNo shell is around it: what needs one is typed as sh -c '…'."
        self._say(printable(said) + hint, "bad")

    def _ended(self, program: Program) -> None:
        self.session.forget_program(self._target)
        self._program = None
        if program.fault is not None:
            self._failed(program.fault)
            self._look_at_pod("")
        elif program.exit is not None and program.exit.is_success:
            self.post_message(self.Leaves())
        else:
            self._say(f"{_how(program)}.")
            self._look_at_pod(f"{_how(program)}. Enter starts it anew.")

    def _gone(self) -> str:
        return f"pod {self._target.pod} was deleted"

    @work(exclusive=True, group="ended")
    async def _look_at_pod(self, otherwise: str) -> None:
        """Say whether what ran went because its pod did; `otherwise` is said where it is there."""
        target = self._target
        try:
            pod = await Api.of(self.session.cluster.client, Pod, target.namespace).get(target.pod)
            self._is_gone = pod.metadata.deletion_timestamp is not None
        except NotFound:
            self._is_gone = True
        except KtyError:
            self._is_gone = False
        if self._program is not None or self._saying[1] == "busy":
            return  # the person went on meanwhile
        if self._is_gone:
            self._fault = None
            self._say(f"{printable(self._gone())}, and what ran in it ended", "bad")
        elif otherwise:
            self._is_away = True
            self._say(otherwise)

    def action_shell(self) -> None:
        """Open a shell in the container that has no terminal to sit at."""
        self._lacks_terminal = False
        self._target = Shell(self._target.namespace, self._target.pod, self._container)
        self._program = self.session.program(self._target)
        if self._program is not None:
            self._program.on_change(self._hear)
        self.action_enter()

    @work(exclusive=True, group="shell")
    async def action_end(self) -> None:
        """End what runs in the background."""
        if self._program is not None:
            await self._program.close()
            self.session.forget_program(self._target)
        self.post_message(self.Leaves())

    @work(exclusive=True, group="shell")
    async def action_debug(self) -> None:
        """Start a container with a shell beside the one without, and go in, once the person says so."""
        target, image = self._target, self.session.settings.debug_image
        need = Need("patch", Pod.resource, target.namespace, target.pod, "ephemeralcontainers")
        if why_not := await self.session.cluster.access.why_not(need):
            self.report(printable(why_not), "bad")
            return
        if not await self._wants(
            f"Add a debug container ({image}) to pod {target.namespace}/{target.pod}. It sees the processes of "
            f"container {self._container}, and stays as long as the pod: it cannot be taken out again."
        ):
            return
        self._fault = None  # until this has come to something there is nowhere to go in, and no second one to start
        self._say(f"starting a debug container ({image}) …", "busy")
        try:
            name = await debug_container(
                self.session.cluster.client, target.namespace, target.pod, self._container, image, tell=self._wait_for
            )
        except KtyError as error:
            self._failed(error)
            return
        self._target = Shell(target.namespace, target.pod, name, attach=True)
        self._program = None
        self.action_enter()

    async def _wants(self, says: str) -> bool:
        from kty.screens.confirm import ConfirmScreen

        screen = ConfirmScreen("debug container", lambda typed: printable(says), lambda typed: "")
        return await self.app.push_screen_wait(screen) is not None

    def _wait_for(self, said: str) -> None:
        self._say(f"starting a debug container ({self.session.settings.debug_image}) … {printable(said)}", "busy")
