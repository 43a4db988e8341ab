"""Who gives the edited text back: a program of the machine that the person sits at, or a screen of kty."""

from typing import Any, Protocol

from kty.errors import KtyError, UsageError
from kty.kube.manifest import Misread
from kty.screens.editor import EditorScreen
from kty.screens.session import Session
from kty.term.app import TerminalApp
from kty.term.editor import edited, is_chosen
from kty.text import printable

NOTE = """\
# What you save is tried out on the server first, and shown as a difference before it is put in place of {name}.
# Leave the text as it is, or empty, to change nothing.
"""


class Clashing(UsageError):
    """Somebody else changed the same meanwhile; the text that comes with it has the person's own change."""


class Editor(Protocol):
    """Lets a person change a text, as often as it takes."""

    stays: bool
    """Whether what they wrote is still there when they do not want the difference that it makes."""

    async def edit(self, text: str, wrong: KtyError | None) -> str | None:
        """Return the text as the person left it; None where they leave it alone. `wrong` is what was wrong with it.

        Raises KtyError.
        """

    def close(self) -> None:
        """Leave nothing of it on the screen; nothing is waited for, as that may be because the app ends."""


class OwnEditor:
    """The program that the person's environment names. It has the terminal and a file while it runs."""

    stays = False

    def __init__(self, app: TerminalApp[Any], name: str) -> None:
        self._app = app
        self._note = NOTE.format(name=printable(name))

    async def edit(self, text: str, wrong: KtyError | None) -> str | None:
        before = with_reason(text, wrong) if wrong else self._note + text
        with self._app.lent():
            after = await edited(self._app.terminal, before, suffix=".yaml")
        return None if after == before else after

    def close(self) -> None:
        """Nothing: it has ended."""


class BuiltIn:
    """A screen of kty: it needs no file, no program and no machine but the one where the person's terminal is."""

    stays = True

    def __init__(self, app: TerminalApp[Any], session: Session, title: str) -> None:
        self._app, self._session, self._title = app, session, printable(title)
        self._screen: EditorScreen | None = None

    async def edit(self, text: str, wrong: KtyError | None) -> str | None:
        if self._screen is None:
            self._screen = EditorScreen(self._session, self._title, text)
            await self._app.push_screen(self._screen)
        said = "" if wrong is None else _said(wrong, "go on with it to put yours in its place")
        place = (wrong.line, wrong.column) if isinstance(wrong, Misread) else None
        self._screen.show(text, said, place)
        return await self._screen.outcome()

    def close(self) -> None:
        screen, self._screen = self._screen, None
        if screen is not None and self._app.screen_stack[-1:] == [screen]:  # an app that ends has none
            self._app.pop_screen()


def editor_for(app: TerminalApp[Any], session: Session, kind: str, name: str) -> Editor:
    """Return the person's own editor where they chose one on the machine that they sit at; else the built-in one."""
    if app.terminal.remote or not is_chosen(app.terminal.env):
        return BuiltIn(app, session, f"{kind} {name}")
    return OwnEditor(app, name)


def with_reason(text: str, error: KtyError) -> str:
    """Return the text with what is wrong with it at its head, in place of what was wrong before."""
    rest = text.split("\n")
    while rest and rest[0].startswith("#"):
        del rest[0]
    said = _said(error, "take this line out to put yours in its place")
    return f"# {said}\n" + "\n".join(rest)


def _said(error: KtyError, hint: str) -> str:
    """Return what is wrong, and what to do where it is a clash."""
    return printable(f"{error.sentence()}: {hint}" if isinstance(error, Clashing) else error.sentence())
