"""From the keys that a person configured to the keymap that Textual takes."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from textual.binding import Binding, BindingType

from kty.errors import ConfigError
from kty.screens.key_names import key_code
from kty.settings import config_path

UNREACHABLE = "f63"
"""No keyboard sends it: what is bound to it has no key."""


def keymap(keys: Mapping[str, str | list[str]], *more: Sequence[BindingType]) -> dict[str, str]:
    """Return the keys for each binding's id; `more` are bindings beside those of the screens and widgets.

    Raises ConfigError for an id or a key that there is not.
    """
    known = binding_ids(*more)
    found: dict[str, str] = {}
    for name, value in keys.items():
        if name not in known:
            raise unknown("action", name, known)
        wanted = [key for key in ([value] if isinstance(value, str) else value) if key]
        codes = [key_code(key) for key in wanted]
        for key, code in zip(wanted, codes, strict=True):
            if not code:
                raise ConfigError(
                    f"{config_path()}: no key is called '{key}'", hint="they are written as in y, Y, f2, esc, ctrl+w"
                )
        found[name] = ",".join(codes) or UNREACHABLE
    return found


def binding_ids(*more: Sequence[BindingType]) -> dict[str, Binding]:
    """Return every key binding of kty by the id that config.yaml rebinds it by."""
    from kty.screens.browse import BrowseScreen
    from kty.screens.confirm import ConfirmScreen
    from kty.screens.container_choice import ContainerScreen
    from kty.screens.describe import DescribeScreen
    from kty.screens.detail import DetailScreen
    from kty.screens.editor import EditorScreen
    from kty.screens.forward_dialog import ForwardDialog
    from kty.screens.forwards import ForwardsScreen
    from kty.screens.frame import Frame
    from kty.screens.graph import GraphScreen
    from kty.screens.help import HelpScreen
    from kty.screens.history import HistoryScreen
    from kty.screens.logs import LogScreen
    from kty.screens.object_screen import ObjectScreen
    from kty.screens.searching import Searching
    from kty.screens.shell import ShellScreen
    from kty.widgets.live_table import LiveTable
    from kty.widgets.log_view import LogView
    from kty.widgets.page_view import PageView
    from kty.widgets.prompt import Prompt, PromptLine
    from kty.widgets.selectable_log import SelectableLog
    from kty.widgets.tree_table import TreeTable
    from kty.widgets.yaml_editor import YamlEditor
    from kty.widgets.yaml_view import YamlView

    shown = (ObjectScreen, DetailScreen, DescribeScreen, HistoryScreen, GraphScreen, LogScreen, ShellScreen)
    screens = (*shown, ForwardsScreen, ConfirmScreen, ForwardDialog, ContainerScreen, HelpScreen, EditorScreen)
    widgets = (LiveTable, TreeTable, YamlView, YamlEditor, PageView, LogView, SelectableLog, Prompt, PromptLine)
    owners = (Frame, Searching, BrowseScreen, *screens, *widgets)
    return {
        binding.id: binding
        for bindings in (*more, *[owner.BINDINGS for owner in owners])
        for binding in bindings
        if isinstance(binding, Binding) and binding.id
    }


def unknown(what: str, name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for a name that config.yaml has and kty has not."""
    near = get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    return ConfigError(f"{config_path()}: no {what} is called '{name}'", hint=hint)
