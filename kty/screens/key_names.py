"""Keys as a person writes them, and as Textual calls them."""

import unicodedata

_NAMES = {
    "question_mark": "?", "colon": ":", "slash": "/", "escape": "esc", "left_square_bracket": "[",
    "right_square_bracket": "]", "minus": "-", "number_sign": "#", "exclamation_mark": "!", "full_stop": ".",
    "ampersand": "&", "backslash": "\\",
}  # fmt: skip
_CODES = {name: code for code, name in _NAMES.items()}
_NAMED = ("escape", "enter", "return", "tab", "space", "backspace", "delete", "insert")
_MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_OTHERS = frozenset([*_NAMED, *_MOVES, *[f"f{number}" for number in range(1, 25)]])
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super"})


def key_name(key: str) -> str:
    """Write a key as a person would."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _NAMES.get(last, last)])


def key_code(name: str) -> str:
    """Return what Textual calls a key that a person wrote; empty where there is no such key."""
    *modifiers, last = name.split("+") if len(name) > 1 else [name]
    code = _CODES.get(last, last)
    if not _MODIFIERS.issuperset(modifiers) or not _is_key(code):
        return ""
    return "+".join([*modifiers, code])


def _is_key(code: str) -> bool:
    if len(code) == 1 or code in _OTHERS or code in _NAMES:
        return True
    try:  # Textual calls other signs by their Unicode name: vertical_line
        return bool(unicodedata.lookup(code.replace("_", " ").upper()))
    except KeyError:
        return False
