"""A Textual app for one terminal among many: it shares a process, and nothing else, with the others."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from typing import Any, Generic, TypeVar

from rich.console import Console
from textual.app import ScreenStackError
from textual.filter import ANSIToTruecolor
from textual.geometry import Offset
from textual.notifications import Notification, Notify
from textual.screen import Screen
from textual.strip import Strip
from textual.worker import WorkerFailed

from kty.errors import UsageError
from kty.term import background, clipboard, color, output
from kty.term.driver import StreamDriver
from kty.term.in_turn import InTurn
from kty.term.lent import Lent
from kty.term.sparing import KnowsHandlers
from kty.term.styles import SharedStylesheet
from kty.term.terminal import Terminal

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class TerminalApp(KnowsHandlers, InTurn[Result], Generic[Result]):
    """The screens of one person, on the terminal they sit at."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.context = Context()
        """What its task starts with: nothing of whoever made it, and what was put into it before."""
        super().__init__(driver_class=StreamDriver)
        self.stylesheet = SharedStylesheet(self.theme_variables)
        self.uses_mouse = True
        """Set before `start`; without the mouse the terminal selects text by itself."""
        self.crash: BaseException | None = None
        """What ended the app, where it did not end by itself. It is not printed: a traceback shows what was secret."""
        self.has_ended = False
        """Whether nothing runs any more of what `start` started."""
        self.animation_level = "none"  # each step of one is a frame to send
        depth = color.depth(terminal.name, terminal.env)
        self.no_color = depth is color.Depth.MONO
        self.ground = background.told(terminal.env)
        """Whether the terminal is light or dark; None while nobody said so."""
        self._filters = [it for it in self._filters if isinstance(it, ANSIToTruecolor)] + color.line_filters(depth)
        self.console = Console(
            file=self.console.file,
            color_system="truecolor",
            force_terminal=True,
            highlight=False,
            emoji=False,
            legacy_windows=False,
            safe_box=False,
            _environ={},  # that of the process is not the person's
        )
        self._capture_stdout, self._capture_stderr = output.guard()  # type: ignore[assignment] # files alike

    def start(self) -> asyncio.Task[Result | None]:
        """Run the app in a task with a context of its own, so that it takes no other app for itself."""
        return asyncio.get_running_loop().create_task(
            self._run(), name=f"{type(self).__name__} on {self.terminal.name}", context=self.context
        )

    async def _run(self) -> Result | None:
        try:
            return await self.run_async(mouse=self.uses_mouse)
        except Exception as error:  # from the app's own Unmount handler, which Textual does not guard
            self._handle_exception(error)
            return None
        finally:
            self.has_ended = True

    def take_ground(self, ground: background.Ground) -> None:
        """Hear from the terminal, soon after the start, whether it is light or dark."""
        self.ground = ground

    def tell(self, notice: Notification) -> None:
        """Show a notice over whatever is on screen."""
        self.post_message(Notify(notice))

    def withdraw(self, notices: Iterable[Notification]) -> None:
        """Show these no longer, as far as they still are."""
        for notice in notices:
            self._unnotify(notice)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy to the clipboard of the person's own terminal; a text that does not fit is not copied."""
        if clipboard.fits(text):
            self._clipboard = text
            if self._driver is not None:
                self._driver.write(clipboard.sequence(text, self.terminal.name, self.terminal.env))

    async def forget_screen(self, screen: Screen[Any]) -> None:
        """Take a screen away from below the one that is shown."""
        self._screen_stack.remove(screen)
        await screen.remove()

    @contextmanager
    def lent(self) -> Iterator[Lent]:
        """Lend the terminal to a program elsewhere. The app goes on underneath; its screen is painted afterwards.

        Raises UsageError where the system has no driver of ours.
        """
        driver = self._driver
        if not isinstance(driver, StreamDriver):  # Windows
            raise UsageError("this terminal cannot be lent to a program", hint="kubectl exec can do that here")
        lent = Lent(self.terminal)
        self.forget_typed_ahead()
        self.pause_painting()
        driver.go_away()
        lent.open()
        try:
            yield lent
        finally:
            lent.close()
            if not self._exit:
                driver.come_back()
            self.resume_painting()
            self.refresh(layout=True)

    def is_painting(self, screen: Screen[Any]) -> bool:
        """Whether this screen alone is shown, and is to be painted as it changes."""
        return not self._batch_count and self._running and not self._exit and self._screen_stack[-1:] == [screen]

    def write_lines(self, lines: Iterable[tuple[int, int, Strip]]) -> None:
        """Write strips at once, each from a column and a line on, counted from 0 at the upper left."""
        driver = self._driver
        if driver is None or self.is_headless:
            return
        console, cursor = self.console, self.cursor_position
        self._begin_update()
        driver.write("".join([f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in lines]))
        driver.write(f"\x1b[{cursor.y + 1};{cursor.x + 1}H")
        self._end_update()

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's cursor is; an input says so before it has a place, too, and then it may be nowhere."""
        return self._cursor_position

    @cursor_position.setter
    def cursor_position(self, place: Offset) -> None:
        self._cursor_position = Offset(max(0, place.x), max(0, place.y))

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        if priority and not self._keymap and not self._has_first(key):
            return False
        return await super()._check_bindings(key, priority)

    def _has_first(self, key: str) -> bool:
        """Whether anybody has a binding for the key that goes before the focused widget: few have, of few keys."""
        screen = self.screen
        nodes = (screen, self) if screen.focused is None else screen.focused.ancestors_with_self
        return any(each.priority for node in nodes for each in node._bindings.key_to_bindings.get(key, ()))

    def pause_painting(self) -> None:
        """Paint nothing until `resume_painting`: what changes meanwhile is painted once."""
        self._begin_batch()

    def resume_painting(self) -> None:
        """Paint what changed since `pause_painting`."""
        self._end_batch()
        with suppress(ScreenStackError):
            self.screen.check_idle()

    def _handle_exception(self, error: Exception) -> None:
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self._exit:
            _log.debug("after the end of the app", exc_info=cause)
            return
        if self.crash is None:
            self.crash = cause
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()  # Textual would render a traceback with every local variable first

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
