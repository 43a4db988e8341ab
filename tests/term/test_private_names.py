"""What `kty.term` uses of Textual without having been promised it: here it fails first when a name moves.

That the names still do what they did is what the other tests of this folder are for.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from textual import _context
from textual._compositor import Compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from kty import term

USED: dict[type, set[str]] = {
    App: {
        *("_begin_batch", "_end_batch", "_batch_count", "_begin_update", "_end_update", "_running"),
        *("_clipboard", "_driver"),
        *("_filters", "_context", "_background_screens", "_screen_stack"),
        *("_capture_print", "_capture_stdout", "_capture_stderr", "_print"),
        "_unnotify",
        *("_exit", "_exit_renderables", "_close_messages_no_wait"),
        *("_keymap", "_check_bindings"),
        *("_fatal_error", "_handle_exception", "_print_error_renderables"),  # overridden
    },
    Driver: {"_app", "_last_move_event", "_loop", "_mouse", "_size"},
    Compositor: {"_dirty_regions"},
    Screen: {"_compositor", "_forward_event", "_layout_required", "_repaint_required", "_scroll_required"},
    Message: {"_no_default_action"},
    Widget: {"_bindings", "_get_dispatch_methods", "_repaint_regions", "_size", "_size_updated"},
    Strip: {
        *("_segments", "_cell_length", "_render_cache", "_link_ids", "_cell_count"),
        *("_divide_cache", "_crop_cache", "_style_cache", "_filter_cache"),
        *("_line_length_cache", "_crop_extend_cache", "_offsets_cache"),
    },
    Stylesheet: {"_parse_rules"},  # overridden
    XTermParser: {"_gen", "_sequence_to_key_events", "_timeout_time"},
}
"""By the class that has them; those that only instances have are found on instances."""


def attributes() -> Iterator[str]:
    """Yield every private attribute that a module of `kty.term` reads, sets or defines."""
    for path in Path(term.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "name", None)
            if isinstance(name, str) and name.startswith("_") and not name.startswith("__"):
                yield name


async def test_every_name_is_where_it_was_and_no_other_is_used() -> None:
    async with App[None]().run_test() as pilot:
        app = pilot.app
        instances = {
            App: app,
            Driver: HeadlessDriver(app),
            Compositor: app.screen._compositor,
            Screen: app.screen,
            Message: Message(),
            Widget: Widget(),
            XTermParser: XTermParser(),
            Strip: Strip([]),
            Stylesheet: app.stylesheet,
        }
        used = set(attributes())
        for owner, names in USED.items():
            missing = {name for name in names if not hasattr(instances[owner], name)}
            assert not missing, f"{owner.__name__} has these no more"
            stale = names - used
            assert not stale, f"these of {owner.__name__} are not used any more"
        known = set().union(*USED.values())
        unknown = {name for name in used - known if any(hasattr(it, name) for it in instances.values())}
        assert not unknown, "these are Textual's, and are not on the list"


def test_the_contexts_are_there() -> None:
    assert _context.active_app.name == "active_app"
    assert _context.visible_screen_stack.name == "visible_screen_stack"


def test_a_console_can_be_given_an_environment() -> None:
    assert "_environ" in inspect.signature(Console).parameters
