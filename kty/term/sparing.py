"""Do less for a key and a frame than Textual does by itself: what nobody hears, and what looks as it did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from textual import events
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region, Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from kty.term.in_turn import keys_wait_for

if TYPE_CHECKING:
    from kty.term.app import TerminalApp


_Handler: TypeAlias = Callable[[Message], Any]


@cache
def _hearing(pump: type[MessagePump], message: type[Message], name: str) -> Sequence[tuple[type, _Handler]] | None:
    """Return the handlers of that name, of the nearest class first; None where one is decorated (`@on`) for it."""
    for one in pump.__mro__:
        decorated = vars(one).get("_decorated_handlers", {})
        if any(each in decorated for each in message.__mro__):
            return None
    found = [(one, vars(one).get(f"_{name}") or vars(one).get(name)) for one in pump.__mro__]
    return [(one, handler) for one, handler in found if handler is not None and not hasattr(handler, "_textual_on")]


class KnowsHandlers(MessagePump):
    """Looks once for all messages of a kind which of its classes hear them; Textual asks all of them each time."""

    def _get_dispatch_methods(self, method_name: str, message: Message) -> Iterable[tuple[type, _Handler]]:
        hearing = _hearing(type(self), type(message), method_name)  # type: ignore[arg-type] # mypy's doubts of classes
        if hearing is None:
            yield from super()._get_dispatch_methods(method_name, message)
            return
        for one, handler in hearing:
            if message._no_default_action:
                return
            yield one, handler.__get__(self, one)


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


class WritesLines(Widget):
    """Writes lines of its own at once where nothing lies on it; else they are part of the next frame.

    Its strips must be ready for the terminal: no filter sees them any more.
    """

    def write_lines(self, rows: Sequence[int]) -> None:
        """Show these lines, counted from its upper edge, as `render_lines` has them now."""
        if not self.is_attached:  # who is not there yet is painted then, and who has gone never
            return
        screen = self.screen
        if not isinstance(screen, SparingScreen) or not screen.write_lines(self, rows):
            width = self.outer_size.width
            self.refresh(*(Region(0, row, width, 1) for row in rows))


class SparingScreen(KnowsHandlers, Screen[ScreenResultType]):
    """Asks for a frame only the widgets that it is about; who takes the keyboard, or loses it, paints itself."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._compositor: SparingCompositor = SparingCompositor()

    def _forward_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            keys_wait_for(self, event)
        super()._forward_event(event)

    def write_lines(self, widget: Widget, rows: Sequence[int]) -> bool:
        """Write lines of a widget to the terminal; False where the compositor has to see to them."""
        app: TerminalApp[Any] = self.app  # type: ignore[assignment] # nobody else has such screens
        if self._layout_required or self._repaint_required or self._scroll_required or not app.is_painting(self):
            return False
        region = self._compositor.place(widget)
        if region is None:
            return False
        strips = widget.render_lines(Region(0, 0, region.width, region.height))
        app.write_lines([(region.x, region.y + row, strips[row]) for row in rows])
        return True


class SparingCompositor(Compositor):
    """For a frame of some lines, Textual's own asks every widget between the first and the last of them."""

    def __init__(self) -> None:
        super().__init__()
        self._due: frozenset[Region] = frozenset()
        """What is being rendered; empty for all."""
        self._laid_out: Mapping[Widget, Any] = {}
        self._places: dict[Widget, Region | None] = {}
        """Of those that were asked for since the layout."""

    def place(self, widget: Widget) -> Region | None:
        """Return where a widget is; None where it is not all to be seen."""
        visible = super().visible_widgets
        if visible is not self._laid_out:
            self._laid_out, self._places = visible, {}
        if widget not in self._places:
            self._places[widget] = self._find(widget, visible)
        return self._places[widget]

    def _find(self, widget: Widget, visible: Mapping[Widget, tuple[Region, Region]]) -> Region | None:
        region, clip = visible.get(widget, (Region(), Region()))
        if not region or not clip.contains_region(region) or not self.size.region.contains_region(region):
            return None
        for other, (place, part) in visible.items():  # those in front come first
            if other is widget:
                break
            if place.intersection(part).intersection(region):
                return None
        return region

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
