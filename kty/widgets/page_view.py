"""Show lines of toned text: scrolled both ways, searchable, and following what changes."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from kty.widgets.line_diff import LineDiff
from kty.widgets.line_view import LineView, left_of
from kty.widgets.page_painter import COMPONENTS, EDGE, Inks, PageLine, PagePainter, Row, cells, text_of
from kty.widgets.strips import thumb
from kty.widgets.text_search import Match, TextSearch

SIDEWAYS = 8
"""Cells that one step sideways scrolls."""


class PageView(LineView):
    """Shows lines whose text is printable already; place and search stay where they are when lines change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    DEFAULT_CSS = """
    PageView {
        width: 1fr; height: 1fr; background: $background; color: $foreground 90%;
        & > .page-view--name { color: $text-primary; }
        &:light > .page-view--name { color: $primary; }
        & > .page-view--title { color: $foreground 55%; }
        & > .page-view--good { color: $text-success; }
        & > .page-view--busy { color: $text-accent; }
        & > .page-view--warn { color: $text-warning; }
        & > .page-view--bad { color: $text-error; text-style: bold; }
        & > .page-view--dim { color: $foreground 55%; }
        & > .page-view--accent { color: $text-accent; }
        & > .page-view--position { color: $foreground 30%; }
        & > .page-view--match { background: $accent 35%; }
        & > .page-view--current { background: $accent; color: auto; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_match(1)", "next match", show=False, id="page.next-match"),
        Binding("N", "next_match(-1)", "previous match", show=False, id="page.previous-match"),
        Binding("j,down", "scroll(1)", "down", show=False, id="page.down"),
        Binding("k,up", "scroll(-1)", "up", show=False, id="page.up"),
        Binding("space,ctrl+f,pagedown", "page(1)", "page down", show=False, id="page.page-down"),
        Binding("ctrl+b,pageup", "page(-1)", "page up", show=False, id="page.page-up"),
        Binding("g,home", "first", "first line", show=False, id="page.first"),
        Binding("G,end", "last", "last line", show=False, id="page.last"),
        Binding("h,left", "sideways(-1)", "to the left", show=False, id="page.left"),
        Binding("l,right", "sideways(1)", "to the right", show=False, id="page.right"),
    ]

    class SearchChanged(Message):
        """There are other matches now, or another one is the current one."""

        def __init__(self, view: "PageView", found: str) -> None:
            super().__init__()
            self.view, self.found = view, found

        @property
        def control(self) -> "PageView":
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._lines: list[PageLine] = []
        self._texts: list[str] = []
        self._search = TextSearch()
        self._search_from = 0
        self._found = ""
        self._top = self._left = 0
        """The first line on screen, and the cells that are scrolled out at the left."""
        self._inks: Inks | None = None
        self._painter: PagePainter | None = None
        self._frame: list[Strip] = []

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return "\n".join([text.rstrip() for text in self._texts])

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        return self._search.found

    def show(self, lines: Sequence[PageLine]) -> None:
        """Show other lines; what stood at the top stays there."""
        lines = list(lines)
        if lines == self._lines:
            return
        # What is the very same line as before has the same text: most of a page is.
        known = self._texts
        pairs = zip(lines, self._lines, known, strict=False)
        texts = [text if line is before else text_of(line) for line, before, text in pairs]
        texts += [text_of(line) for line in lines[len(texts) :]]
        if texts != known:
            match = self._search.match
            is_same = len(texts) == len(known) or not known
            follow = (lambda line: line) if is_same else LineDiff(known, texts).follow
            if self._top:  # who reads the first line stays with the first line, and who reads the last with the last
                is_at_end = self._top + self._height >= len(known)
                self._top = len(texts) - self._height if is_at_end else follow(self._top)
            self._search_from = follow(self._search_from)
            self._search = TextSearch(self._search.needle, texts)
            if match is not None:
                self._search.go_to(follow(match.line), match.start)
        self._lines, self._texts = lines, texts
        self._draw()

    def search(self, needle: str) -> int:
        """Look for a text and go to the first match from the top on; return how many there are.

        Typing on looks from where the search began. Without capitals, case does not matter; an empty text ends it.
        """
        if not self._search.needle:
            self._search_from = self._top
        self._search = TextSearch(needle, self._texts)
        self._search.go_to(self._search_from)
        self._reach(self._search.match)
        return len(self._search.matches)

    def next_match(self, step: int = 1) -> None:
        """Go to the next match, or by as many as `step` says; around the ends."""
        match = self._search.match
        self._search.step(step, match.line if match else self._top)
        if (match := self._search.match) is not None:
            self._search_from = match.line
        self._reach(match)

    def _reach(self, match: Match | None) -> None:
        """Bring the match on screen."""
        if match is not None:
            line, room = self._texts[match.line], self._room
            start, end = cells(line, match.start), cells(line, match.end)
            self._left = left_of(start, end, self._left, room)
            if not self._top <= match.line < self._top + self._height:
                self._top = match.line - self._height // 3
        self._draw()

    # What is on screen

    @property
    def _height(self) -> int:
        return max(1, self.size.height)

    @property
    def _room(self) -> int:
        return max(1, self.size.width - 2 * EDGE)

    def _draw(self) -> None:
        if self.found != self._found:
            self._found = self.found
            self.post_message(self.SearchChanged(self, self._found))
        super()._draw()

    def _compose_frame(self) -> list[Strip]:
        height, total = self._height, len(self._lines)
        self._top = max(0, min(self._top, total - height))
        painter = self._painter_for()
        painter.turn()
        marked = thumb(self._top, height, total)
        frame = [
            painter.paint(Row(line, self._finds(self._top + y), y in marked))
            for y, line in enumerate(self._lines[self._top : self._top + height])
        ]
        return frame + [painter.paint(Row(()))] * (height - len(frame))

    def _finds(self, line: int) -> tuple[tuple[int, int, bool], ...]:
        if not self._search.needle:
            return ()
        matches = self._search.within(line, 0, len(self._texts[line]))
        return tuple([(each.start, each.end, each is self._search.match) for each in matches])

    def _painter_for(self) -> PagePainter:
        if self._inks is None or self._inks.filters != tuple(self.get_line_filters()):
            self._inks = Inks(self)
        wanted = self._inks, self._left, self.size.width
        if self._painter is None or self._painter.made_of != wanted:
            self._painter = PagePainter(*wanted)
        return self._painter

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._inks = None
        self._frame = []

    # Keys and mouse

    def action_scroll(self, lines: int) -> None:
        """Move the screen down over the lines, or up."""
        self._scroll(lines)

    def action_page(self, pages: int) -> None:
        """Move down by pages, or up; one line of the old page stays in sight."""
        self._scroll(pages * max(1, self._height - 1))

    def action_first(self) -> None:
        """Go to where the text begins."""
        self._left = 0
        self._scroll(-len(self._lines))

    def action_last(self) -> None:
        self._scroll(len(self._lines))

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right, or back to the left."""
        longest = max(map(cells, self._texts), default=0)
        self._left = max(0, min(self._left + steps * SIDEWAYS, longest - self._room))
        self._draw()

    def action_next_match(self, step: int) -> None:
        self.next_match(step)

    def _scroll(self, lines: int) -> None:
        self._top = max(0, min(self._top + lines, len(self._lines) - self._height))
        self._draw()
