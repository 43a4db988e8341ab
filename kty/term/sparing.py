"""Do less for a key and a frame than Textual does by itself: what nobody hears, and what looks as it did."""

from collections.abc import Mapping
from typing import Any

from textual import events
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget


class PassesKeys(Widget):
    """Hears no keys, its bindings apart: they go past it and what it stands in, straight to the screen."""

    hears_keys = False
    """For a subclass that does."""

    def _forward_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not self.hears_keys:
            self.screen._forward_event(event)
        else:
            super()._forward_event(event)


class Unscrolled(Widget):
    """Does not scroll: once it has been laid out in another size, and painted, that need not be done again for it."""

    virtual_size: Reactive[Size] = Reactive(Size(), layout=False, repaint=False)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        is_another = self._size != size
        is_resized = super()._size_updated(size, virtual_size, container_size, layout)
        if is_another:  # the frame of this layout has all of it
            self._repaint_regions.clear()
        return is_resized


class SparingScreen(Screen[ScreenResultType]):
    """Asks for a frame only the widgets that it is about; who takes the keyboard, or loses it, paints itself."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SparingCompositor()


class SparingCompositor(Compositor):
    """For a frame of some lines, Textual's own asks every widget between the first and the last of them."""

    def __init__(self) -> None:
        super().__init__()
        self._due: frozenset[Region] = frozenset()
        """What is being rendered; empty for all."""

    def render_partial_update(self) -> ChopsUpdate | None:
        due = frozenset(self._dirty_regions)
        if self.cuts:  # they are of all widgets, and are kept
            self._due = due
        try:
            return super().render_partial_update()
        finally:
            self._due = frozenset()

    @property
    def visible_widgets(self) -> Mapping[Widget, Any]:  # type: ignore[override] # nobody changes it
        visible = super().visible_widgets
        if not self._due:
            return visible
        return {
            widget: (region, clip)
            for widget, (region, clip) in visible.items()
            if any(due.overlaps(region.intersection(clip)) for due in self._due)
        }
