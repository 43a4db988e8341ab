"""From the names in a schema, which somebody else chose, to names that Python takes."""

import keyword
import re
from collections.abc import Iterable, Sequence

MAX_CLASS = 60
"""Characters of a class's name at most; of a longer path only the ends are named."""
_MAX_WORD = 40

AMBIGUOUS = frozenset({"l", "I", "O"})
"""Names that look like digits (pycodestyle's E741, E742)."""
_ANNOTATIONS = frozenset({"str", "int", "float", "bool", "dict", "list", "field", "self"})
"""Names that the lines of a class refer to: a field of such a name would take their place."""
_NO_FIELDS = _ANNOTATIONS | AMBIGUOUS

_is_camel = re.compile(r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*").fullmatch


class Taken:
    """Names that are in use in one scope."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = set(names)

    def free(self, name: str, join: str = "") -> str:
        """Return the name, or with a number behind it where it is taken, and take it."""
        found, number = name, 2
        while found in self._names or keyword.iskeyword(found):
            found = f"{name}{join}{number}"
            number += 1
        self._names.add(found)
        return found


def words(key: str) -> list[str]:
    """Split a name at its capitals, and at whatever is neither letter nor digit (ASCII); all in lower case."""
    text = re.sub(r"([A-Z]{2,})s(?![a-z])", lambda match: f"{match[1].capitalize()}s", key)  # podIPs
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", text) if word]


def field_name(key: str, reserved: Iterable[str] = ()) -> str:
    """Return the Python name of a field; it may be taken already by another one."""
    name = "_".join(words(key))[:_MAX_WORD].strip("_") or "field_"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in _NO_FIELDS or name in reserved else name


def is_renamed(name: str, key: str) -> bool:
    """Say whether the field must be told what it is called in JSON: `rename="camel"` makes something else of it."""
    first, *others = name.split("_")
    return not _is_camel(name) or first + "".join(word.capitalize() for word in others) != key


def class_name(path: Sequence[str]) -> str:
    """Return the Python name of a class: the kind and the fields that lead to it."""
    parts = ["".join(word.capitalize() for word in words(key))[:_MAX_WORD] for key in path[1:]]
    kind = re.sub(r"[^A-Za-z0-9]", "", path[0])[:_MAX_WORD] or "Kind"
    kind = f"K{kind}" if kind[0].isdigit() else kind[0].upper() + kind[1:]
    name = kind + "".join(parts)
    while len(name) > MAX_CLASS and len(parts) > 1:
        parts = parts[1:]
        name = kind + "".join(parts)
    return name[: MAX_CLASS + _MAX_WORD]
