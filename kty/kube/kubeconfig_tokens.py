"""Put a refreshed login back into the kubeconfig that it came from: two fields change, and nothing else.

kubectl writes the whole file anew from what it understood of it. Here the text stays as somebody wrote it, comments,
order and unknown keys included; what would come out otherwise is not written. The lock is kubectl's own
(client-go, tools/clientcmd/loader.go): a file beside it that must not be there yet.
"""

import codecs
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kty.kube.target import stamp

LOCK_TIMEOUT = 2.0
"""Seconds that we wait for another writer."""
_PAUSE = 0.05
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
)
_ID, _REFRESH = "id-token", "refresh-token"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a login consists of; empty where there is none."""

    id: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)


class NotWritten(Exception):
    """The file stays as it is; the text says why, and holds no token."""


def read_tokens(file: str, user: str) -> Tokens | None:
    """Return what the file says now; None where it cannot be read or has no such login. Blocks."""
    try:
        return _tokens(_mapping(_decoded(Path(file).read_bytes())[2], user))
    except (OSError, ValueError, NotWritten):
        return None


def write_tokens(file: str, user: str, before: Tokens, after: Tokens) -> None:
    """Let the file hold these tokens, if it still has the refresh token of before: else somebody logged in anew.

    The file is replaced in one step, and keeps its mode. Blocks; raises NotWritten.
    """
    path = Path(os.path.realpath(file))
    try:
        with _locked(path):
            seen = stamp(str(path))
            bom, encoding, text = _decoded(path.read_bytes())
            if _tokens(_mapping(text, user)).refresh != before.refresh:
                raise NotWritten("somebody else logged in meanwhile")
            edited = _edited(text, user, after)
            _replace(path, bom + edited.encode(encoding), seen)
    except OSError as error:
        raise NotWritten((error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise NotWritten("it is no kubeconfig any more") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock, until = f"{path}.lock", time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0))
            break
        except FileExistsError:
            if time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(lock)  # noqa: PTH108 - the path is a str


def _decoded(content: bytes) -> tuple[bytes, str, str]:
    """Return the byte order mark, the encoding and the text. Raises ValueError."""
    for bom, encoding in _ENCODINGS:
        if content.startswith(bom):
            return bom, encoding, content[len(bom) :].decode(encoding)
    raise ValueError("no encoding")


def _mapping(text: str, user: str) -> Any:
    """Return the YAML node of the user's auth-provider's config. Raises NotWritten and ValueError."""
    import yaml

    try:
        documents = list(yaml.compose_all(text, yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("no YAML") from error
    for document in documents:
        users = _value(document, "users")
        for entry in users.value if isinstance(users, yaml.SequenceNode) else ():
            name = _value(entry, "name")
            if isinstance(name, yaml.ScalarNode) and name.value == user:
                config = _value(_value(_value(entry, "user"), "auth-provider"), "config")
                if isinstance(config, yaml.MappingNode) and config.value:
                    return config
                raise NotWritten("it has no such login any more")
    raise NotWritten("it has no such user any more")


def _value(node: Any, key: str) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value
    return None


def _tokens(config: Any) -> Tokens:
    known = (_value(config, key) for key in (_ID, _REFRESH))
    return Tokens(*[node.value if node is not None and isinstance(node.value, str) else "" for node in known])


def _edited(text: str, user: str, tokens: Tokens) -> str:
    """Return the text with these tokens. Raises NotWritten where that cannot be done without changing more."""
    config = _mapping(text, user)
    edits: list[tuple[int, int, str]] = []
    first = config.value[0][0].start_mark
    for key, token in ((_ID, tokens.id), (_REFRESH, tokens.refresh)):
        node, quoted = _value(config, key), json.dumps(token)
        if node is not None:
            old = text[node.start_mark.index : node.end_mark.index]
            end = node.end_mark.index - (len(old) - len(old.rstrip()))
            edits.append((node.start_mark.index, end, quoted))
        elif token:
            after = ", " if config.flow_style else "\n" + " " * first.column
            edits.append((first.index, first.index, f"{json.dumps(key)}: {quoted}{after}"))
    edited = text
    for start, end, new in sorted(edits, reverse=True):
        edited = edited[:start] + new + edited[end:]
    if not _differs_only_in_tokens(text, edited, user, tokens):
        raise NotWritten("it is written in a way that cannot be kept")
    return edited


def _differs_only_in_tokens(text: str, edited: str, user: str, tokens: Tokens) -> bool:
    import yaml

    try:
        is_new = _tokens(_mapping(edited, user)) == tokens
        before, after = (list(yaml.compose_all(each, yaml.SafeLoader)) for each in (text, edited))
        return is_new and _shape(before, _mapping(text, user)) == _shape(after, _mapping(edited, user))
    except (ValueError, NotWritten, yaml.YAMLError):
        return False


def _shape(documents: list[Any], config: Any) -> list[Any]:
    """Return everything that documents hold but for the tokens of one login, which is told by where it stands."""
    import yaml

    def plain(node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return (node.tag, node.value)
        if isinstance(node, yaml.SequenceNode):
            return [plain(each) for each in node.value]
        is_login = node.start_mark.index == config.start_mark.index
        return [
            (plain(key), plain(value)) for key, value in node.value if not (is_login and key.value in (_ID, _REFRESH))
        ]

    return [plain(document) for document in documents if document is not None]


def _replace(path: Path, content: bytes, seen: object) -> None:
    known = path.stat()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(handle)
        os.chmod(name, known.st_mode & 0o7777)  # noqa: PTH101 - the name is a str
        if hasattr(os, "chown") and (known.st_uid, known.st_gid) != (os.getuid(), os.getgid()):
            with suppress(OSError):
                os.chown(name, known.st_uid, known.st_gid)
        if stamp(str(path)) != seen:
            raise NotWritten("somebody else wrote it meanwhile")
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise
