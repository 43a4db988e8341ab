"""What the table and the YAML have in common: a frame of lines, of which only those that look different are painted."""

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from kty.term.sparing import PassesKeys, Unscrolled, WritesLines

WHEEL = 3
"""Lines that one step of the wheel scrolls."""


class LineView(PassesKeys, WritesLines, Unscrolled, can_focus=True):
    """Composes its own lines. It paints no border, padding or opacity: put it into a container that does.

    It looks alike with the keyboard and without it, and does nothing when that changes: no style may ask for `:focus`.

    A subclass says what is on screen (`_compose_frame`), whether that is out of date, and how to scroll.
    Not a ScrollView: its virtual size would lay out the whole screen anew whenever a line comes or goes.
    """

    ALLOW_SELECT = False

    _frame: list[Strip]
    """The lines as they were composed last; a strip that is the same object looks the same."""

    def _compose_frame(self) -> list[Strip]:
        """Return a strip for each line of the screen."""
        return []

    @property
    def _is_frame_stale(self) -> bool:
        """True where the frame that there is does not fit what is to be shown."""
        return not self._frame or self._frame[0].cell_length != self.outer_size.width

    def _draw(self) -> None:
        """Bring the screen up to date; only the lines that look different are painted."""
        width, height = self.outer_size
        if not width or not height:
            return
        old, self._frame = self._frame, self._compose_frame()
        if self._frame is old:
            return
        dirty = [y for y, strip in enumerate(self._frame) if y >= len(old) or strip is not old[y]]
        if dirty:
            self.write_lines(dirty)

    def render_line(self, y: int) -> Strip:
        return self.render_lines(Region(0, y, self.outer_size.width, 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return what was composed; Textual's own cache goes by place on screen, which lines do not keep."""
        if len(self._frame) != self.outer_size.height or self._is_frame_stale:
            self._frame = self._compose_frame()
        strips = self._frame[crop.y : crop.bottom]
        if crop.column_span != (0, self.outer_size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def on_resize(self) -> None:
        self._draw()

    def on_focus(self, event: events.Focus) -> None:
        event.prevent_default()  # Textual's own handler paints all of it
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))

    def on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Match no styles: none of them depends on that."""

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right, or back to the left."""

    def _scroll(self, lines: int) -> None:
        """Move the screen down over the lines, or up."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self.action_sideways(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self.action_sideways(-1)

    def _wheel(self, event: events.MouseEvent, way: int) -> None:
        event.stop()
        if event.shift or event.ctrl:
            self.action_sideways(way)
        else:
            self._scroll(way * WHEEL)


def left_of(start: int, end: int, left: int, room: int) -> int:
    """Return from which cell on lines are to be shown for these cells to be in sight; `left` where they are already."""
    if left <= start and end <= left + room:
        return left
    return 0 if end <= room else max(0, start - room // 3)
