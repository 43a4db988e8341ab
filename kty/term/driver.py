"""Drive a Textual app by bytes: no tty, no thread, no signal, and as many in one process as there are people."""

import asyncio
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TextIO

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from kty.term import background, modes
from kty.term.paste import LIMIT, Paste, Pastes

if TYPE_CHECKING:
    from kty.term.app import TerminalApp

ESCAPE_DELAY = 0.05
"""Seconds after which an escape alone is the key; terminals with kitty's keys need none. ESCDELAY (ms) overrides it."""


class StreamDriver(Driver):
    """Speaks to one terminal: typed bytes become events, and each frame becomes one write."""

    def __init__(
        self, app: "TerminalApp[Any]", *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or app.terminal.size)
        self._screens = app
        self._terminal = app.terminal
        self._written: list[str] = []
        self._flushing: asyncio.Handle | None = None
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._pastes = Pastes()
        self._answers = background.Answers()
        self._asked_at: float | None = None
        """When, on the loop's clock, the terminal was asked for its background."""
        self._parser = XTermParser()
        self._escaping: asyncio.TimerHandle | None = None
        self._escape_delay = _escape_delay(self._terminal.env.get("ESCDELAY", ""))
        self._paused = False
        self._is_away = False

    # What Textual asks for

    def write(self, data: str) -> None:
        if self._is_away:  # somebody else's screen is shown
            return
        self._written.append(data)
        if self._flushing is None:  # the bell and the clipboard are written without a flush
            self._flushing = self._loop.call_soon(self.flush)

    def flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        if self._written:
            frame = "".join(self._written).encode("utf-8", "replace")
            self._written.clear()
            self._terminal.send(frame)

    def send_message(self, message: Message) -> None:
        self._app.post_message(message)  # the stock way takes two more rounds of the loop, for drivers with threads

    def start_application_mode(self) -> None:
        self._enter()
        self._ask_background()
        self._terminal.hold(self)

    def disable_input(self) -> None:
        self._terminal.release(self)
        if self._escaping is not None:
            self._escaping.cancel()
            self._escaping = None

    def stop_application_mode(self) -> None:
        self.disable_input()
        self.write(modes.LEAVE)
        self.flush()

    def go_away(self) -> None:
        """Leave the terminal to somebody else: nothing is written to it until `come_back`."""
        if self._paused:  # whoever holds the stream now hears when it flows again
            self.resume_writing()
        self.stop_application_mode()
        self._is_away = True

    def come_back(self) -> None:
        """Take the terminal again, whatever size it has now."""
        self._is_away = False
        self.start_application_mode()
        self._tell_size()

    def close(self) -> None:
        self.flush()
        # Textual caches what this parser made of keys, and with it the parser; its generator would keep the app.
        self._parser._gen.close()
        self._last_move_event = None

    def open_url(self, url: str, new_tab: bool = True) -> None:
        if not self._terminal.remote:
            super().open_url(url, new_tab)
            return
        self._app.copy_to_clipboard(url)
        self._app.notify(f"The address is in your clipboard: {url}", markup=False)

    def deliver_binary(
        self,
        binary: BinaryIO | TextIO,
        *,
        delivery_key: str,
        save_path: Path,
        open_method: Literal["browser", "download"] = "download",
        encoding: str | None = None,
        mime_type: str | None = None,
        name: str | None = None,
    ) -> None:
        if not self._terminal.remote:
            super().deliver_binary(
                binary,
                delivery_key=delivery_key,
                save_path=save_path,
                open_method=open_method,
                encoding=encoding,
                mime_type=mime_type,
                name=name,
            )
            return
        binary.close()
        self._app.notify("Files cannot be saved over this connection.", severity="warning")

    # What the terminal tells its holder

    def received(self, data: bytes) -> None:
        awaited = self._answers.is_awaited
        self._type(self._answers.take(self._decode(data)))
        if awaited and not self._answers.is_awaited:
            self._hear_background()
        if self._answers.held or self._pastes.held:
            self._await_escape()

    def _type(self, text: str) -> None:
        for piece in self._pastes(text):  # half a character is none yet: to the parser no text is the end of all input
            if isinstance(piece, Paste):
                self._paste(piece)
            else:
                self._press(piece)

    def _press(self, text: str) -> None:
        if len(text) == 1 and text.isascii() and text.isprintable() and self._parser._timeout_time is None:
            # A letter, and no escape that it may belong to: the parser would make the same of it, and take long.
            for key in self._parser._sequence_to_key_events(text):
                self.process_message(key)
            return
        for event in self._parsed(text):
            self.process_message(event)
        self._await_escape()

    def _paste(self, paste: Paste) -> None:
        self.process_message(events.Paste(paste.text))
        if paste.is_cut:
            said = f"Only the first {LIMIT:,} characters of what you pasted were taken."
            self._app.call_later(self._app.notify, said, severity="warning", markup=False)

    def resized(self, columns: int, lines: int) -> None:
        self._tell_size()

    def pause_writing(self) -> None:
        if not self._paused:
            self._paused = True
            self._screens.pause_painting()

    def resume_writing(self) -> None:
        if self._paused:
            self._paused = False
            self._screens.resume_painting()

    def redraw(self) -> None:
        self.write(modes.LEAVE)
        self._enter()
        self._app.refresh(layout=True)

    def _enter(self) -> None:
        self.write(modes.enter(kitty=not constants.DISABLE_KITTY_KEY, mouse=self._mouse))
        if self._terminal.env.get("TERM_PROGRAM") != "Apple_Terminal":  # which prints the question
            self.write(modes.ASK_SYNCHRONIZED)

    def _ask_background(self) -> None:
        """Ask once whether the terminal is light or dark; the answer comes as if it were typed, if it comes."""
        if self._asked_at is None and not self._screens.no_color and background.asked(self._terminal.name):
            self._asked_at = self._loop.time()
            self._answers.is_awaited = True
            self.write(background.ASK)

    def _hear_background(self) -> None:
        ground, asked_at = self._answers.ground, self._asked_at
        if ground is not None and asked_at is not None and self._loop.time() - asked_at < background.PATIENCE:
            self._screens.call_later(self._screens.take_ground, ground)

    def _tell_size(self) -> None:
        self._size = self._terminal.size
        size = Size(*self._size)
        self._app.post_message(events.Resize(size, size))

    def _parsed(self, text: str) -> Iterator[Message]:
        try:
            yield from self._parser.feed(text)
        except Exception:  # whatever it could not read, a parser that raised reads nothing more
            self._parser = XTermParser()

    def _await_escape(self) -> None:
        if self._escaping is not None:
            self._escaping.cancel()
            self._escaping = None
        if self._parser._timeout_time is not None or self._answers.held or self._pastes.held:
            self._escaping = self._loop.call_later(self._escape_delay, self._escape)

    def _escape(self) -> None:
        self._escaping = None
        self._answers.is_awaited &= (
            self._asked_at is not None and self._loop.time() - self._asked_at < background.PATIENCE
        )
        if text := self._answers.give_back():
            self._type(text)
        if text := self._pastes.give_back():
            self._press(text)
            if self._escaping is not None:  # it has waited long enough
                self._escaping.cancel()
                self._escaping = None
        if self._parser._timeout_time is None:
            return
        self._parser._timeout_time = 0.0  # due now: our delay is over, Textual's is for the whole process
        for event in self._parser.tick():
            self.process_message(event)


def _escape_delay(milliseconds: str) -> float:
    return int(milliseconds) / 1000 if milliseconds.isdecimal() else ESCAPE_DELAY
