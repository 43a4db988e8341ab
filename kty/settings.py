"""What a person configured, and where kty's files are: in the XDG base directories."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Struct, field

from kty.errors import ConfigError

if TYPE_CHECKING:
    import yaml

_SWITCH = "true or false"


def config_path() -> Path:
    """Return `$XDG_CONFIG_HOME/kty/config.yaml`, by default below ~/.config."""
    return _directory("XDG_CONFIG_HOME", ".config") / "kty" / "config.yaml"


def state_path() -> Path:
    """Return `$XDG_STATE_HOME/kty/state.json`, by default below ~/.local/state."""
    return _directory("XDG_STATE_HOME", ".local/state") / "kty" / "state.json"


def cache_directory() -> Path:
    """Return `$XDG_CACHE_HOME/kty`, by default below ~/.cache."""
    return _directory("XDG_CACHE_HOME", ".cache") / "kty"


def _directory(variable: str, default: str) -> Path:
    given = Path(os.environ.get(variable, ""))
    if given.is_absolute():  # the specification asks to ignore others
        return given
    try:
        return Path.home() / default
    except RuntimeError as error:
        raise OSError(f"there is no home directory, and ${variable} is not set") from error


class Settings(Struct, frozen=True):
    """What config.yaml may say."""

    keys: dict[str, str | list[str]] = field(default_factory=dict)
    """From the id of an action to the key or keys that do it; an empty text or list takes its keys away."""
    theme: str = ""
    """`dark`, `light`, the name of a Textual theme, or `auto`: as the terminal is. Empty: what was chosen last."""
    mouse: bool = True
    readonly: bool = False
    """Offer nothing that changes a cluster."""
    debug_image: str = "busybox"
    """What a container without a shell gets beside it when a person asks for one."""
    log_mib: Annotated[int, msgspec.Meta(ge=1)] = 64
    """MiB of memory for the lines of a screen of logs; the oldest go first."""


def load_settings(path: Path | None = None) -> Settings:
    """Return what the file says; defaults where there is none.

    Raises ConfigError that names the file, the line and the reason.
    """
    try:
        path = path or config_path()
    except OSError:  # without a home directory there is no file either
        return Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except UnicodeDecodeError as error:
        raise _mistake(path, error.object[: error.start].count(b"\n") + 1, "this is not UTF-8") from error
    except OSError as error:
        raise _mistake(path, 0, f"it cannot be read: {error.strerror or error}") from error
    return _read_settings(path, text)


def _read_settings(path: Path, text: str) -> Settings:
    root, data = _parse(path, text)
    if root is None or data == "":
        return Settings()
    fields = {each.name: each for each in msgspec.structs.fields(Settings)}
    found: dict[str, Any] = {}
    for name, line, node in _entries(path, root, "`setting: value`"):
        if name not in fields:
            raise _mistake(path, line, f"there is no setting {name!r}; there are {', '.join(fields)}")
        if data[name] == "":  # nothing is said: the default
            continue
        if name == "keys":
            for action, at, _ in _entries(path, node, "`action: key`"):
                if not _are_keys(data[name][action]):
                    raise _mistake(path, at, f"{action!r} wants a key, or a list of keys")
        try:
            found[name] = msgspec.convert(data[name], fields[name].type, strict=False)
        except msgspec.ValidationError as error:
            wanted = {"mouse": _SWITCH, "readonly": _SWITCH, "log_mib": "a whole number of at least 1"}.get(
                name, "text"
            )
            raise _mistake(path, line, f"{name} wants {wanted}") from error
    return Settings(**found)


def _parse(path: Path, text: str) -> "tuple[yaml.Node | None, Any]":
    """Return the tree with its lines, and its content; each value as the text that stands there: `0`, `no` are keys."""
    import yaml

    try:
        loader = yaml.BaseLoader(text)
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        reason = str(error.problem or error.context)
        raise _mistake(path, error.problem_mark.line + 1 if error.problem_mark else 0, reason) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _mistake(path, 0, f"this is no YAML: {' '.join(str(error).split())}") from error


def _entries(path: Path, node: "yaml.Node", wanted: str) -> "Iterator[tuple[str, int, yaml.Node]]":
    """Yield name, line and value of each entry; none of them twice."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise _mistake(path, node.start_mark.line + 1, f"{wanted} should stand here, line by line")
    seen: set[str] = set()
    for name, value in node.value:
        line = name.start_mark.line + 1
        if not isinstance(name, yaml.ScalarNode):
            raise _mistake(path, line, f"{wanted} should stand here")
        if name.value in seen:
            raise _mistake(path, line, f"{name.value!r} is there twice")
        seen.add(name.value)
        yield name.value, line, value


def _mistake(path: Path, line: int, reason: str) -> ConfigError:
    return ConfigError(f"{path}, line {line}: {reason}" if line else f"{path}: {reason}")


def _are_keys(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(key, str) and key for key in value))
