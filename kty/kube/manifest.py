"""An object as YAML that a person reads and the API server takes back unchanged.

libyaml writes it, event by event. Three rules are ours: a string is quoted wherever any reader (YAML 1.1, YAML 1.2,
the API server's own) would take it for something else; a string of several lines is a literal block; and every line
is printable as it stands (`kty.text`), tabs inside literal blocks excepted.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from kty.errors import KtyError, UsageError
from kty.kube.objects import Object
from kty.kube.stand_ins import StandIns, is_shown
from kty.text import printable

DEEPEST = 200
"""Levels of nesting that are written; libyaml reads at most a thousand, the deepest schemas have about fifty."""

_FIRST = ("apiVersion", "kind", "metadata")
_FIRST_OF_METADATA = ("name", "generateName", "namespace", "labels", "annotations")
_LAST = ("status",)

_WORD = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")  # most strings: nothing in them means anything to YAML
_NO_TEXT = frozenset({"", "~", "null", "y", "n", "yes", "no", "true", "false", "on", "off", "=", "<<"})
_NO_TEXT_EITHER = re.compile(
    r"""
      [-+]? (?:
          0b[01]* | 0o?[0-7]* | 0x[0-9a-f]* | \.inf | \.nan
        | [0-9][0-9,]* (?: :[0-5]?[0-9] )+ (?: \.[0-9]* )?
        | (?: \.[0-9]* | [0-9][0-9,]* (?: \.[0-9]* )? ) (?: e[-+]?[0-9]+ )?
      )
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?: [t\x20\t] .* )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def to_yaml(obj: Object, *, managed_fields: bool = False) -> str:
    """Return the object as YAML, without metadata.managedFields unless asked for.

    Identity comes first and status last; every other key keeps the server's order. Raises KtyError for an object
    nested deeper than `DEEPEST`.
    """
    writer = _Writer()
    writer.add(_ordered(obj, managed_fields), 0)
    return writer.text()


def _ordered(obj: Object, managed_fields: bool) -> Object:
    ordered = _moved(obj, _FIRST, _LAST)
    metadata = obj.get("metadata")
    if isinstance(metadata, dict):
        ordered["metadata"] = _moved(metadata, _FIRST_OF_METADATA)
        if not managed_fields:
            ordered["metadata"].pop("managedFields", None)
    return ordered


def _moved(mapping: Mapping[str, Any], first: Iterable[str], last: Iterable[str] = ()) -> dict[str, Any]:
    rest = [key for key in mapping if key not in first and key not in last]
    keys = [key for key in first if key in mapping] + rest + [key for key in last if key in mapping]
    return {key: mapping[key] for key in keys}


class _Writer:
    """Collects libyaml's events for one object."""

    def __init__(self) -> None:
        self._events: list[Event] = [StreamStartEvent(), DocumentStartEvent()]
        self._awkward: list[ScalarEvent] = []
        """Strings that libyaml would not write as a person wants to read them."""

    def add(self, value: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise KtyError(f"the object is nested more than {DEEPEST} levels deep, too deep to show as YAML")
        match value:
            case str():
                self._string(value)
            case dict():
                self._events.append(MappingStartEvent(None, None, True, flow_style=False))
                for key, child in value.items():
                    self._string(key, is_key=True)
                    self.add(child, depth + 1)
                self._events.append(MappingEndEvent())
            case list():
                self._events.append(SequenceStartEvent(None, None, True, flow_style=False))
                for child in value:
                    self.add(child, depth + 1)
                self._events.append(SequenceEndEvent())
            case _:
                self._scalar(_constant(value))

    def text(self) -> str:
        stand_ins = StandIns(event.value for event in self._awkward)
        for event in self._awkward:
            stand_ins.put_into(event)
        events = [*self._events, DocumentEndEvent(), StreamEndEvent()]
        text: str = yaml.emit(events, Dumper=yaml.CSafeDumper, width=-1, allow_unicode=True)
        text = stand_ins.taken_out(text)
        if text.endswith("\n...\n"):  # libyaml ends the document so when it ends with a block that keeps blank lines
            text = text.removesuffix("...\n")
        return text

    def _scalar(self, text: str, style: str | None = None) -> ScalarEvent:
        event = ScalarEvent(None, None, (True, True), text, style=style)
        self._events.append(event)
        return event

    def _string(self, text: str, *, is_key: bool = False) -> None:
        if _WORD.fullmatch(text):
            self._scalar(text, '"' if text.lower() in _NO_TEXT else None)
        elif "\n" not in text:
            event = self._scalar(text, '"' if _is_read_otherwise(text) else None)
            if not text.isascii():
                self._awkward.append(event)
        else:
            style = "|" if not is_key and _fits_a_block(text) else '"'
            self._awkward.append(self._scalar(text, style))


def _constant(value: float | None) -> str:
    """Return a number, a truth value or nothing in the spelling that every reader shares."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    if text.endswith(("inf", "nan")):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 reads 1e-07 as a string: the point is not optional there.
    return text if "." in text else text.replace("e", ".0e")


def _is_read_otherwise(text: str) -> bool:
    """Say whether some reader takes the plain text for something other than text."""
    # The API server's reader drops underscores before it looks for a number.
    return text.lower() in _NO_TEXT or _NO_TEXT_EITHER.fullmatch(text.replace("_", "")) is not None


def _fits_a_block(text: str) -> bool:
    """Say whether a literal block can hold these lines so that every reader gets them back.

    Readers find a block's indentation by its first line; libyaml states it where that begins with a space or is empty,
    not where it begins with a tab.
    """
    return bool(text.strip()) and not text.startswith(("\t", " \n")) and is_shown(text.replace("\t", ""))


def from_yaml(text: str) -> Object:
    """Return the object that a YAML document describes, its plain values read as the API server reads them.

    Keys are text as they are written. Anchors and tags are refused, as JSON has nothing like them. Raises UsageError,
    with the place, for anything that is not one mapping.
    """
    with _told():
        events = _events(text)
        first = next(events, None)
        obj = _object(_read(first, events, 0) if first else None)
        if more := next(events, None):
            raise _mistake("a second document begins", more.start_mark)
        return obj


def all_from_yaml(text: str) -> list[Object]:
    """Return the objects of a manifest, which may be several documents; those that are empty are left out.

    Each is read as `from_yaml` reads one. Raises UsageError.
    """
    with _told():
        events = _events(text)
        documents = [_read(first, events, 0) for first in events]
        return [_object(document) for document in documents if document is not None]


@contextmanager
def _told() -> Iterator[None]:
    """Let what libyaml finds pass as a mistake of ours, with its place."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        raise _mistake(error.problem or str(error), error.problem_mark) from error
    except yaml.YAMLError as error:
        raise UsageError(f"this is no YAML: {printable(str(error))}") from error


def _events(text: str) -> Iterator[Event]:
    return (event for event in yaml.parse(text, Loader=yaml.CSafeLoader) if isinstance(event, _CONTENT))


def _object(document: Any) -> Object:
    if not isinstance(document, dict):
        raise UsageError("this is no object: it must begin with keys such as apiVersion, kind and metadata")
    return document


_CONTENT = (NodeEvent, CollectionEndEvent)


class Misread(UsageError):
    """A text that a person wrote cannot be read, and it is known where."""

    def __init__(self, message: str, *, line: int, column: int, hint: str = "") -> None:
        super().__init__(f"line {line + 1}, column {column + 1}: {message}", hint=hint)
        self.line, self.column = line, column
        """From 0."""


def _mistake(problem: str, mark: Any) -> UsageError:
    said = printable(problem)
    return Misread(said, line=mark.line, column=mark.column) if mark else UsageError(said)


def _read(event: Event, events: Iterator[Event], depth: int) -> Any:
    if depth > DEEPEST:
        raise _mistake(f"nested more than {DEEPEST} levels deep", event.start_mark)
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _mistake("anchors are not read here: write the value out", event.start_mark)
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
        raise _mistake("tags are not read here: quote what is text", event.start_mark)
    match event:
        case ScalarEvent():
            return _plain(event.value) if event.implicit[0] else event.value
        case SequenceStartEvent():
            return [_read(item, events, depth + 1) for item in _until(SequenceEndEvent, events)]
    mapping: dict[str, Any] = {}
    for key in _until(MappingEndEvent, events):
        if not isinstance(key, ScalarEvent):
            raise _mistake("a key must be text", key.start_mark)
        if key.value in mapping:
            raise _mistake(f"the key {key.value!r} is there twice", key.start_mark)
        mapping[key.value] = _read(next(events), events, depth + 1)
    return mapping


def _until(end: type[Event], events: Iterator[Event]) -> Iterator[Event]:
    return takewhile(lambda event: not isinstance(event, end), events)


_PLAIN = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    spelling: word in ("y", "yes", "true", "on")
    for word in ("y", "yes", "true", "on", "n", "no", "false", "off")
    for spelling in (word, word.capitalize(), word.upper())
}
_INT = re.compile(r"[-+]?(?:[0-9]+|0b[01]+|0o[0-7]+|0x[0-9a-f]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?")


def _plain(text: str) -> Any:
    if text in _PLAIN:
        return _PLAIN[text]
    if text[0] not in "-+.0123456789":
        return text
    digits = text.replace("_", "").lower()
    if re.fullmatch("[-+]?0[0-7]+", digits):
        return int(digits, 8)
    if _INT.fullmatch(digits):
        return int(digits, 10 if digits.lstrip("-+").isdigit() else 0)
    number = float(digits) if _FLOAT.fullmatch(digits) else math.inf
    return number if math.isfinite(number) else text
