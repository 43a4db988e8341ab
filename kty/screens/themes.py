"""The colours that a person sees: as their terminal is, as config.yaml says, or as they chose."""

from textual.theme import Theme

from kty.screens.keymap import unknown
from kty.screens.session import Session
from kty.term.app import TerminalApp

AUTO = "auto"
DARK = "textual-dark"
LIGHT = Theme(
    name="kty-light",
    dark=False,
    primary="#004578",
    secondary="#0178D4",
    accent="#8F4700",
    foreground="#000000",
    background="#FFFFFF",
    surface="#F4F4F4",
    panel="#E8E8E8",
    warning="#B06000",
    error="#BA3C5B",
    success="#2E7D4F",
    variables={
        "text-primary": "#004578",
        "text-accent": "#8A4300",
        "text-warning": "#8A4300",
        "text-error": "#A01535",
        "text-success": "#146030",
    },
)
"""Much like Textual's own light theme, but with tones that can be read on its background."""

_NAMED = {"dark": DARK, "light": LIGHT.name}


class Themes:
    """Chooses the theme of one app."""

    def __init__(self, app: TerminalApp[None], session: Session) -> None:
        """Raises ConfigError where config.yaml names a theme that there is not."""
        self._app, self._session = app, session
        app.register_theme(LIGHT)
        names = (AUTO, *_NAMED, *sorted(app.available_themes))
        session.themes = names
        configured, remembered = session.settings.theme, session.state.theme
        if configured and configured not in names:
            raise unknown("theme", configured, names)
        self._chosen = configured or (remembered if remembered in names else AUTO)
        self._show()

    def _show(self) -> None:
        chosen = self._chosen
        if chosen == AUTO:
            chosen = self._app.ground or "dark"
        self._app.theme = _NAMED.get(chosen, chosen)

    def follow(self) -> None:
        """Hear that it is known now whether the terminal is light or dark."""
        if self._chosen == AUTO:
            self._show()

    def choose(self, name: str) -> str:
        """Show another theme from now on, and remember it; return what to say of that."""
        self._chosen = name
        self._show()
        state = self._session.state
        state.remember_theme(name)
        state.save()
        said = f"theme {name}" + (f": {self._app.theme}" if self._app.theme != name else "")
        if (configured := self._session.settings.theme) and configured != name:
            return f"{said}; config.yaml says {configured}, which is shown again at the next start"
        return said
