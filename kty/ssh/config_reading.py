"""Read YAML into Structs, and say what is wrong with it: in which line, in people's words, and what would be right."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, inspect

from kty.errors import ConfigError
from kty.text import printable

if TYPE_CHECKING:
    import yaml

AStruct = TypeVar("AStruct", bound=Struct)
_LONGEST = 60
"""Characters of a wrong value that are shown."""


class Reading(Struct, frozen=True):
    """A file as it was read, and in which line each of its fields stands, by `limits.channels`."""

    path: Path
    lines: dict[str, int]

    def mistake(self, place: str, why: str, hint: str = "") -> ConfigError:
        """Return what is wrong with a field."""
        line = self.lines.get(place)
        return ConfigError(f"{self.path}{f', line {line}' if line else ''}: {why}", hint=hint)


def read_yaml(path: Path, kind: type[AStruct]) -> tuple[AStruct, Reading]:
    """Return what a file says. Raises ConfigError that names the line, what is wrong there, and what would be right."""
    import yaml

    reading = Reading(path, {})
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} cannot be read: it is not UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        found = {} if root is None or _is_nothing(root) else _fields(reading, loader, root, kind, "")
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: this is no YAML: {' '.join(str(error).split())}") from error
    return msgspec.convert(found, kind), reading


def _fields(
    reading: Reading, loader: "yaml.SafeLoader", node: "yaml.Node", kind: type[Struct], within: str
) -> dict[str, Any]:
    fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    found: dict[str, Any] = {}
    for name, value in _entries(reading, node, within):
        place = f"{within}{name}"
        if name not in fields:
            near = get_close_matches(name, fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(fields)}"
            raise reading.mistake(place, f"there is no field `{printable(place[:_LONGEST])}`", hint)
        of = fields[name]
        if not (isinstance(of, type) and issubclass(of, Struct)):
            found[name] = _value(reading, loader, value, of, place)
        elif not _is_nothing(value):
            found[name] = _fields(reading, loader, value, of, f"{place}.")
    return found


def _entries(reading: Reading, node: "yaml.Node", within: str) -> "Iterator[tuple[str, yaml.Node]]":
    """Yield names and values, and keep their lines. Raises ConfigError for what stands there twice."""
    import yaml

    here = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        reading.lines[within] = here
        what = within.removesuffix(".") or "the file"
        raise reading.mistake(within, f"{what} wants lines of the form `name: value`, not {_shown(node)}")
    for name, value in node.value:
        line = name.start_mark.line + 1
        place = f"{within}{name.value if isinstance(name, yaml.ScalarNode) else ''}"
        before = reading.lines.get(place)
        reading.lines[place] = line
        if not isinstance(name, yaml.ScalarNode):
            raise reading.mistake(place, "a name should stand here")
        if before is not None:
            shown = printable(place[:_LONGEST])
            raise reading.mistake(place, f"{shown} is there twice", f"line {before} has it too, and one must go")
        yield name.value, value


def _value(reading: Reading, loader: "yaml.SafeLoader", node: "yaml.Node", of: Any, place: str) -> object:
    wanted = _in_words(inspect.type_info(of))
    if _is_nothing(node):  # a template without its value must not start a server that is less strict
        hint = "without the whole line, the default holds"
        raise reading.mistake(place, f"{place} wants {wanted}, and nothing stands there", hint)
    value: object = None
    try:
        value = loader.construct_object(node, deep=True)
        return msgspec.convert(value, of)
    except (msgspec.ValidationError, LookupError, ValueError, AttributeError) as error:  # a tag that does not fit
        shown = f"`{printable(str(value)[:_LONGEST])}`" if isinstance(value, list) else _shown(node)
        raise reading.mistake(place, f"{place} wants {wanted}, not {shown}") from error


def _is_nothing(node: "yaml.Node") -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _shown(node: "yaml.Node") -> str:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        quote = node.style if node.style in ("'", '"') else ""
        return f"`{quote}{printable(str(node.value)[:_LONGEST])}{quote}`"
    return "a list" if isinstance(node, yaml.SequenceNode) else "further fields"


def _in_words(kind: inspect.Type) -> str:
    """Say what a field of this type may hold."""
    match kind:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return f"a whole number{_range(kind)}"
        case inspect.FloatType():
            return f"a number{_range(kind)}"
        case inspect.LiteralType():
            return " or ".join(map(str, kind.values))
        case inspect.VarTupleType():
            return "a list, as in [10.0.0.1, 10.1.0.0/16]"
        case inspect.UnionType():
            return _in_words(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
    return "text, in quotes where it could be something else"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge} to {kind.le}"
    if kind.ge is not None:
        return f" of at least {kind.ge:g}"
    return "" if kind.gt is None else f" above {kind.gt:g}"
