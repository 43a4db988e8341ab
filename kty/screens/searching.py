"""What all screens have in common whose body can be searched through with `/`."""

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from kty.screens.frame import Frame
from kty.text import printable
from kty.widgets.prompt import Prompt


class Searched(Protocol):
    """A widget that finds texts in what it shows."""

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        ...

    def search(self, needle: str) -> int:
        """Look for a text; an empty one ends the search. Returns how many matches there are."""
        ...


class Searching(Frame):
    """Looks for a text while it is typed. Its body has `n` and `N`, and Escape ends the search before it leads back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="search", priority=True),
    ]

    searched: Searched
    """What is searched through: the body says so when it is composed."""
    _needle = ""

    def search_said(self) -> list[tuple[str, str]]:
        """What the truth line says of the search, as parts of a text."""
        return (
            [(f"  /{printable(self._needle)} {self.searched.found or '0/0'}", "$text-accent")] if self._needle else []
        )

    def action_search(self) -> None:
        """Ask for what to search."""
        self._prompt.open("/", self._needle)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == "/":
            self._search(event.text)

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign == "/":
            self._search(event.text)
            self.close_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == "/":
            self._search("")
            self.close_prompt()

    def _search(self, needle: str) -> None:
        self._needle = needle
        self.searched.search(needle)
        self.show_truth()

    def action_back(self) -> None:
        if self._needle:
            self._search("")
            self.show_keys()
        else:
            super().action_back()
