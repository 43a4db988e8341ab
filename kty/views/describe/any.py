"""Any kind: its identity, its owners, its conditions as a table, and every other field as a readable tree."""

from collections.abc import Iterator, Mapping
from typing import Any

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Block, Description, Entry, Line, Part, Piece, entry, scalar
from kty.views.reading import listed
from kty.views.said import field

DEEPEST = 60
"""Levels that are described; below that it says so."""

_UNSAID = frozenset({"managedFields", "name", "namespace", "labels", "annotations", "selfLink", "generateName"})
_ACRONYMS = frozenset({"API", "URL", "UID", "OSB", "GUID"})
_CONDITION = ("Reason", "Last Transition Time", "Message")


def describe(obj: Object, beside: Beside) -> Description:
    """Return a description of an object of whatever kind."""
    parts: list[Part] = [identity.name(obj), identity.namespace(obj), identity.labels(obj), identity.annotations(obj)]
    metadata = field(obj, "metadata")
    rest = {key: value for key, value in obj.items() if key != "metadata"}
    if isinstance(metadata, dict) and (kept := {key: each for key, each in metadata.items() if key not in _UNSAID}):
        rest["metadata"] = kept
    parts += _tree(rest, (), obj)
    return tuple(parts)


def _tree(values: Mapping[str, Any], steps: tuple[str, ...], obj: Object) -> Iterator[Part]:
    for key, value in sorted(values.items(), key=lambda each: label(each[0])):
        yield _node(label(key), value, (*steps, key), obj)


def _node(name: str, value: Any, steps: tuple[str, ...], obj: Object) -> Entry:
    if len(steps) > DEEPEST:
        return entry(name, Piece("… nested too deep", "dim"))
    if steps == ("status", "conditions") and (rows := listed(obj, "status", "conditions")):
        return Entry(name, parts=(identity.condition_table(rows, *_CONDITION),))
    match value:
        case dict():
            return Entry(name, () if value else (Piece("{}", "dim"),), tuple(_tree(value, steps, obj)))
        case list() if value and all(isinstance(each, dict) for each in value):
            parts: list[Part] = []
            for at, each in enumerate(value):
                parts.append(Entry(f"{_singular(name)} {at + 1}", (), tuple(_tree(each, (*steps, str(at)), obj))))
            return Entry(name, (), tuple(parts))
        case list():
            nested = [each for each in value if isinstance(each, dict | list)]
            if nested:
                return Entry(
                    name, (), tuple(_node(str(at + 1), each, (*steps, ""), obj) for at, each in enumerate(value))
                )
            return Entry(name, tuple(_line(each) for each in value) or (Piece("[]", "dim"),))
        case str() if "\n" in value:
            return Entry(name, (), (Block(value),))
    return Entry(name, (_line(value),))


def _line(value: Any) -> Line:
    return Piece(scalar(value), "dim") if value is None else scalar(value)


def _singular(name: str) -> str:
    return name.removesuffix("s") or name


def label(key: str) -> str:
    """Return a field's name as people read it: `creationTimestamp` is Creation Timestamp, `uid` is UID."""
    if not all(char.isalpha() or char == "-" for char in key):
        return key
    return " ".join([_word(word) for word in words(key)])


def _word(word: str) -> str:
    return word.upper() if word.upper() in _ACRONYMS else word[:1].upper() + word[1:]


def words(key: str) -> list[str]:
    """Split a name in camel case: `externalIPs` gives external, I, Ps, as kubectl has it."""
    found: list[str] = []
    before = ""
    for char in key:
        kind = "upper" if char.isupper() else "lower" if char.islower() else "other"
        if kind == before and found:
            found[-1] += char
        else:
            found.append(char)
        before = kind
    for at in range(len(found) - 1):  # the last capital of a run belongs to the word behind it
        if found[at][0].isupper() and found[at + 1][0].islower():
            found[at + 1] = found[at][-1] + found[at + 1]
            found[at] = found[at][:-1]
    return [each for each in found if each]
