"""Read kubeconfig files: bytes in, named entries out, as kubectl finds and merges them.

Of several files the first one that names a cluster, a user, a context or the current context wins. Where a file
holds several YAML documents the same goes for those, as in kube-rs (kubectl reads the first one only).
"""

import base64
import binascii
import codecs
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from kty.errors import ConfigError
from kty.text import printable

Kind: TypeAlias = Literal["cluster", "user", "context"]

_MAX_SIZE = 64 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _scalar(value: Any) -> str:
    """Return what the file says as it stands there."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Entry(Struct, frozen=True):
    """One cluster, user or context as it stands in its file, read field by field: a wrong field harms no other."""

    kind: Kind
    name: str
    file: Path
    values: Mapping[str, Any]
    is_stored: bool = True
    """False for a kubeconfig that was at hand: `file` is only what it is called."""

    def wrong(self, reason: str, hint: str = "") -> ConfigError:
        """Return the error that names the file, the entry and the reason."""
        return ConfigError(printable(f"{self.file}: {self.kind} '{self.name}': {reason}"), hint=hint)

    def text(self, key: str) -> str:
        """Return a text, or a number as it is written; empty where there is none."""
        return self._text(key, self.values.get(key))

    def _text(self, key: str, value: Any) -> str:
        if isinstance(value, list | dict):
            raise self.wrong(f"{key} must be text")
        return _scalar(value)

    def line(self, key: str) -> str:
        """Return a text that fits on one line, such as an address or a header's value."""
        return self._line(key, self.text(key))

    def _line(self, key: str, text: str) -> str:
        text = text.rstrip("\r\n")
        if any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise self.wrong(f"{key} holds control characters")
        return text

    def flag(self, key: str) -> bool:
        """Return a yes or no; no where nothing is said."""
        value = self.line(key).lower()
        if value not in ("", "true", "false"):
            raise self.wrong(f"{key} must be true or false")
        return value == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self._text(key, value) for value in self._list(key))

    def lines(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that fit on one line each."""
        return tuple(self._line(key, text) for text in self.texts(key))

    def sections(self, key: str) -> tuple["Entry", ...]:
        """Return a list of mappings, each readable as an entry."""
        return tuple(self._section(key, value) for value in self._list(key))

    def section(self, key: str) -> "Entry":
        """Return the mapping under a key as an entry of its own; an empty one where there is none."""
        return self._section(key, self.values.get(key) or {})

    def _section(self, key: str, value: Any) -> "Entry":
        if not isinstance(value, dict):
            raise self.wrong(f"{key} must be a mapping")
        return Entry(self.kind, self.name, self.file, value, self.is_stored)

    def _list(self, key: str) -> Sequence[Any]:
        value = self.values.get(key) or []
        if not isinstance(value, list):
            raise self.wrong(f"{key} must be a list")
        return value

    def path(self, key: str) -> str:
        """Return a file's path; a relative one starts at the folder of the kubeconfig."""
        value = self.line(key)
        return self.beside(value) if value else ""

    def beside(self, path: str) -> str:
        """Return a path that is relative to the folder of the kubeconfig as an absolute one."""
        return str(Path(os.path.abspath(self.file)).parent / path)  # noqa: PTH100 - links in it are not followed

    def data(self, key: str) -> bytes:
        """Return what is kept in base64."""
        try:
            return base64.b64decode("".join(_scalar(self.values.get(key)).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.wrong(f"{key} is no base64") from error


@dataclass(slots=True)
class Entries:
    """What a stack of files holds, merged."""

    files: tuple[Path, ...]
    """Where we looked, whether or not there was a file."""
    current: str = ""
    """The first current-context that is set."""
    found: bool = False
    """True when at least one of the files is there."""
    clusters: dict[str, Entry] = field(default_factory=dict)
    users: dict[str, Entry] = field(default_factory=dict)
    contexts: dict[str, Entry] = field(default_factory=dict)


def paths(explicit: str | Path | None = None) -> tuple[Path, ...]:
    """Return where kubectl would look: the file given, else what $KUBECONFIG lists, else ~/.kube/config."""
    if explicit:
        return (Path(explicit),)
    listed = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        return tuple(Path(part) for part in dict.fromkeys(listed))
    return (Path(os.path.expanduser("~/.kube/config")),)  # noqa: PTH111 - Path's raises where there is no home


def read(explicit: str | Path | None = None) -> Entries:
    """Read and merge all files. Raises ConfigError for one that cannot be read, and for a missing one that was given.

    Files of a stack that are missing or empty count as nothing.
    """
    entries = Entries(paths(explicit))
    for file in entries.files:
        content = _content(file, must_exist=bool(explicit))
        if content is None:
            continue
        entries.found = True
        for document in _documents(file, content):
            _merge(entries, file, document)
    return entries


def parse(content: bytes, name: str) -> Entries:
    """Read the content of one file; errors call it by this name. Raises ConfigError."""
    entries = Entries((Path(name),), found=True)
    for document in _documents(entries.files[0], content):
        _merge(entries, entries.files[0], document, is_stored=False)
    return entries


def _content(file: Path, *, must_exist: bool) -> bytes | None:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_SIZE + 1)
    except FileNotFoundError as error:
        if not must_exist:
            return None
        raise ConfigError(f"{printable(str(file))}: no such file", hint="check --kubeconfig") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(f"{printable(str(file))} cannot be read: {reason.lower()}") from error
    if len(content) > _MAX_SIZE:
        raise ConfigError(f"{printable(str(file))} is too large for a kubeconfig")
    return content


def _documents(file: Path, content: bytes) -> Iterator[dict[str, Any]]:
    import yaml

    name = printable(str(file))
    try:
        text = content.decode(next((codec for bom, codec in _BOMS if content.startswith(bom)), "utf-8"))
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}, line {number}: this is not text in UTF-8 or UTF-16") from error
    try:
        documents = list(yaml.load_all(text, _loader()))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{name}{line}: {printable(str(error.problem or error.context))}") from error
    except (yaml.YAMLError, ValueError, KeyError, RecursionError) as error:
        raise ConfigError(f"{name} is no YAML: {printable(str(error))[:200]}") from error
    for document in documents:
        if document is None:
            continue
        if not isinstance(document, dict):
            raise ConfigError(f"{name} is no kubeconfig: it holds no mapping")
        yield document


@cache
def _loader() -> Any:
    """Return a safe YAML loader that keeps every scalar as the text that stands there.

    Only what reads the same in every YAML is more than text: null, true, false and plain integers. So a context
    may be named `no`, and a namespace `007`.
    """
    import yaml

    parent: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    prefix = "tag:yaml.org,2002:"
    kinds = ("null", "bool", "int", "str", "seq", "map")
    constructors = {tag: parent.yaml_constructors[tag] for tag in (None, *(prefix + kind for kind in kinds))}
    loader = type("KubeconfigLoader", (parent,), {"yaml_implicit_resolvers": {}, "yaml_constructors": constructors})
    for kind, pattern, first in (
        ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", "true|false", ["t", "f"]),
        ("int", "0|-?[1-9][0-9]{0,17}", list("-0123456789")),
        ("merge", "<<", ["<"]),
    ):
        loader.add_implicit_resolver(prefix + kind, re.compile(f"^(?:{pattern})$"), first)  # type: ignore[attr-defined]
    return loader


def _merge(entries: Entries, file: Path, document: dict[str, Any], *, is_stored: bool = True) -> None:
    entries.current = entries.current or _scalar(document.get("current-context"))
    kinds: tuple[tuple[Kind, dict[str, Entry]], ...] = (
        ("cluster", entries.clusters),
        ("user", entries.users),
        ("context", entries.contexts),
    )
    for kind, known in kinds:
        for name, values in _named(file, kind, document.get(f"{kind}s")):
            known.setdefault(name, Entry(kind, name, file, values, is_stored))


def _named(file: Path, kind: Kind, items: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for item in _mappings(file, kind, items):
        name, values = item.get("name"), item.get(kind)
        if name is None:
            raise ConfigError(f"{printable(str(file))}: a {kind} has no name")
        if values is not None and not isinstance(values, dict):
            raise ConfigError(printable(f"{file}: {kind} '{name}' must be a mapping"))
        yield _scalar(name), values or {}


def _mappings(file: Path, kind: Kind, items: Any) -> Iterable[dict[str, Any]]:
    if items is None:
        return ()
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ConfigError(f"{printable(str(file))}: {kind}s must be a list of mappings")
    return items
