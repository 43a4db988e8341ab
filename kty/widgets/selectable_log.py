"""A log of which a person chooses lines, with the mouse or with shift and the arrows."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from kty.widgets.log_ring import LogLine
from kty.widgets.log_view import LogView


class SelectableLog(LogView):
    """Lines are chosen as they are shown: what a filter leaves out is not among them. It stands still meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+down", "extend(1)", "choose one more below", show=False, id="logs.choose-down"),
        Binding("shift+up", "extend(-1)", "choose one more above", show=False, id="logs.choose-up"),
    ]

    _pressed: int | None = None
    """The line on which the mouse went down."""

    def selected_lines(self) -> Iterator[LogLine]:
        """Yield the lines that are chosen and still there, notes left out."""
        order, last = self._walk.order, self.selection.last
        index = order.at_or_after(max(self.selection.first, self.ring.first)) if self.selection else len(order)
        while index < len(order) and order[index] <= last:
            if (line := self.ring.line(order[index])).source >= 0:
                yield line
            index += 1

    @property
    def chosen(self) -> int:
        """How many lines are chosen and still there, notes among them."""
        order = self._walk.order
        return order.at_or_after(self.selection.last + 1) - order.at_or_after(self.selection.first)

    def clear_selection(self) -> None:
        """Choose no lines any more."""
        self.selection.clear()
        self._moved()

    def action_extend(self, step: int) -> None:
        """Choose one line more, or one less; the first time the last line on screen."""
        if self.is_following:
            self.pause()
        numbers = list(dict.fromkeys([number for number, _ in self._places]))
        if not numbers:
            return
        if not self.selection:
            self.selection.begin(numbers[-1])
        else:
            order = self._walk.order
            if not len(order):
                return  # whatever passed the filter has gone since it was drawn
            index = order.at_or_after(max(self.selection.end, self.ring.first)) + step
            number = order[max(0, min(index, len(order) - 1))]
            self.selection.extend(number)
            if number not in numbers:
                self._walk.show(number, self.size.height, self._rows)
        self._moved()

    def _number_at(self, y: int) -> int | None:
        return self._places[max(0, min(y, len(self._places) - 1))][0] if self._places else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1:
            self._pressed = self._number_at(event.y)
            self.capture_mouse()
            if self.selection:
                self.clear_selection()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        number = self._number_at(event.y)
        if self._pressed is None or number is None or (number == self._pressed and not self.selection):
            return
        if not self.selection:
            if self.is_following:
                self.pause()
            self.selection.begin(self._pressed)
        if event.y < 0 or event.y >= self.size.height:  # dragged beyond the edge
            self.action_move(-1 if event.y < 0 else 1)
            number = self._number_at(event.y) or number
        self.selection.extend(number)
        self._moved()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._pressed = None
        self.release_mouse()
