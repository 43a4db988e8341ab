"""Tables to look at: lines that a test can change, an app that shows them, and a reader of what is on screen."""

import re
from collections.abc import Callable, Hashable, Sequence

from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region

from kty.widgets.lines import OneByOne
from kty.widgets.live_table import Heading, Line, LiveTable

HEADINGS = (Heading("Name"), Heading("Status"), Heading("Restarts", right=True), Heading("Age"))


class Rows(OneByOne):
    """Lines by key, in the order that the test gives them; notes every line that was asked for."""

    def __init__(self, keys: Sequence[str] = (), headings: Sequence[Heading] = HEADINGS) -> None:
        self.headings = headings
        self.keys: list[str] = list(keys)
        self.cells: dict[Hashable, tuple[str, ...]] = {}
        self.tones: dict[Hashable, str] = {}
        self.marks: dict[Hashable, tuple[tuple[int, int, int], ...]] = {}
        self.age = "5s"
        self.asked: list[int] = []

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, index: int) -> str:
        return self.keys[index]

    def index(self, key: Hashable) -> int | None:
        return self.keys.index(key) if key in self.keys else None

    def line(self, index: int) -> Line:
        self.asked.append(index)
        key = self.keys[index]
        cells = self.cells.get(key, (key, "Running", "0", self.age))
        return Line(cells, tone=self.tones.get(key, ""), marks=self.marks.get(key, ()))


def numbered(count: int) -> Rows:
    """Return rows `pod-0000`, `pod-0001` and so on."""
    return Rows([f"pod-{number:04}" for number in range(count)])


class FakeTime:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class WatchedTable(LiveTable):
    """Notes which of its lines are painted again."""

    def __init__(self, rows: Rows, clock: Callable[[], float], *, frozen: int, empty: str) -> None:
        super().__init__(rows, clock=clock, frozen=frozen, empty=empty)
        self.repainted: set[int] = set()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "WatchedTable":
        lines = [region.line_range for region in regions] if regions else [range(self.size.height)]
        self.repainted.update(y for line_range in lines for y in line_range)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class TableApp(App[None]):
    """Shows one table, and keeps the messages that come from it."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: Rows, *, frozen: int = 1, empty: str = "") -> None:
        super().__init__()
        self.rows = rows
        self.time = FakeTime()
        self.table = WatchedTable(rows, self.time, frozen=frozen, empty=empty)
        self.said: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.watch(self.table, "pointed", lambda key: self.said.append(("moved", key)), init=False)

    def on_live_table_selected(self, event: LiveTable.Selected) -> None:
        self.said.append(("selected", event.key))

    def on_live_table_heading_clicked(self, event: LiveTable.HeadingClicked) -> None:
        self.said.append(("heading", event.index))

    @property
    def screen_lines(self) -> list[str]:
        """The text of every line of the table, the headings first."""
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    @property
    def names(self) -> list[str]:
        """The first word of every line under the headings."""
        return [match[0] for line in self.screen_lines[1:] if (match := re.search(r"[\w-]+", line))]

    @property
    def cursor_y(self) -> int:
        """The line on screen that has the cursor's background, or is reversed."""
        plain = self.table.rich_style.bgcolor
        chosen = [
            y
            for y in range(1, self.table.size.height)
            if (style := self.style_at(1, y)).bgcolor not in (plain, self._changed_background) or style.reverse
        ]
        assert len(chosen) == 1, chosen
        return chosen[0]

    @property
    def _changed_background(self) -> object:
        return self.table.get_component_rich_style("live-table--changed").bgcolor

    def style_at(self, x: int, y: int) -> Style:
        """The style of one cell of the table."""
        for segment in self.table.render_line(y):
            if x < segment.cell_length:
                return segment.style or Style()
            x -= segment.cell_length
        raise AssertionError("outside")
