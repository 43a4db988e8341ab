"""The bytes that a terminal sends for what a person presses."""

import re

_KITTY = {"escape": 27, "enter": 13, "tab": 9, "backspace": 127}
_PLAIN = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "space": " ", "shift+tab": "\x1b[Z"}
_LETTERED = dict(zip(["up", "down", "right", "left", "home", "end", "f1", "f2", "f4"], "ABCDHFPQS", strict=True))
_NUMBERED = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6, "f3": 13, "f5": 15, "f6": 17, "f7": 18, "f8": 19}
_NUMBERED |= {"f9": 20, "f10": 21, "f11": 23, "f12": 24}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def typed(key: str) -> bytes:
    """Return the bytes of one key: a character, or a name as Textual has it, with `ctrl+`, `alt+` and `shift+`.

    They are those of a terminal that was asked for kitty's unambiguous keys, as the driver does: `escape` is complete.
    """
    if len(key) == 1:
        return key.encode()
    if key in _PLAIN:
        return _PLAIN[key].encode()
    *modifiers, name = re.split(r"\+(?!$)", key)
    bits = 1 + sum(_MODIFIERS[it] for it in modifiers)
    suffix = f";{bits}" if bits > 1 else ""
    if name in _LETTERED:
        return f"\x1b[{'1' if suffix else ''}{suffix}{_LETTERED[name]}".encode()
    if name in _NUMBERED:
        return f"\x1b[{_NUMBERED[name]}{suffix}~".encode()
    if name in _KITTY:
        return f"\x1b[{_KITTY[name]}{suffix}u".encode()
    if len(name) == 1:
        return f"\x1b[{ord(name)}{suffix}u".encode()
    raise ValueError(f"no key is called {key}")
