"""A line that keeps nothing says the same as Textual's own."""

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kty.term.strips import LineStrip

STYLES = (None, Style(), Style(color="red", bold=True), Style(bgcolor="blue"))
TEXTS = st.text(alphabet="ab 漢", min_size=1, max_size=4)
SEGMENTS = st.lists(st.tuples(TEXTS, st.sampled_from(STYLES)).map(lambda each: Segment(*each)), min_size=1, max_size=6)
CONSOLE = Console(color_system="truecolor", force_terminal=True)


@given(SEGMENTS, st.data())
def test_it_is_cut_filled_and_rendered_as_any_other(segments: list[Segment], data: st.DataObject) -> None:
    plain = Strip(segments)
    width = plain.cell_length
    lean = LineStrip(segments, width)
    start = data.draw(st.integers(0, width))
    end = data.draw(st.integers(start, width))
    style = Style(italic=True)
    for _ in range(2):  # the second time from what was kept, where anything is
        assert lean.render(CONSOLE) == plain.render(CONSOLE)
        assert lean.crop(start, end) == plain.crop(start, end)
        assert lean.crop_extend(start, end + 2, style) == plain.crop_extend(start, end + 2, style)
        assert lean.adjust_cell_length(width + 3, style) == plain.adjust_cell_length(width + 3, style)
        assert lean.apply_style(style) == plain.apply_style(style)
        assert lean.apply_offsets(2, 3) == plain.apply_offsets(2, 3)
        if 0 < start < width:
            assert lean.divide([start, width]) == plain.divide([start, width])
