"""From words to the fields that a program gets: parameters, substitutions, splitting and patterns."""

import re
from functools import lru_cache
from typing import Protocol, TypeAlias

from kty.demo.pods.files import FileTree
from kty.demo.pods.shell import arithmetic
from kty.demo.pods.shell.syntax import Arithmetic, Parameter, Part, Substitution, SyntaxFault, Text, Word


class Scope(Protocol):
    """What words are expanded with."""

    @property
    def files(self) -> FileTree: ...

    @property
    def cwd(self) -> str: ...

    @property
    def arguments(self) -> list[str]: ...

    def value(self, name: str) -> str | None:
        """Return a variable or a special parameter; None where it is not set."""
        ...

    def assign(self, name: str, value: str) -> None: ...

    async def output_of(self, script: str) -> str:
        """Run a script and return what it prints, without newlines at its end."""
        ...


_Run: TypeAlias = tuple[str, bool]
"""Characters, and whether they were quoted: those that were are no patterns and are not split."""


async def fields(words: tuple[Word, ...], scope: Scope) -> list[str]:
    """Return what the words of a command become."""
    found: list[str] = []
    for word in words:
        if len(word) == 1 and isinstance(word[0], Text) and (word[0].quoted or not re.search(r"[*?[~]", word[0].text)):
            found.append(word[0].text)  # as most are
            continue
        for field in await _split(word, scope):
            found += _matches(field, scope)
    return found


async def text(word: Word, scope: Scope) -> str:
    """Return what a word becomes where it is not split: in assignments, redirections and here-documents."""
    word = _home(word, scope)
    return "".join(["".join(run for run, _ in await _runs(part, scope)) for part in word])


async def pattern(word: Word, scope: Scope) -> re.Pattern[str]:
    """Return what a word matches, as the patterns of `case` and of `${NAME#…}` do."""
    runs = [run for part in word for run in await _runs(part, scope)]
    return _compiled("".join([_escaped(characters) if quoted else characters for characters, quoted in runs]))


async def _split(word: Word, scope: Scope) -> list[list[_Run]]:
    """Expand a word and split at the blanks that expansions brought in."""
    done: list[list[_Run]] = []
    field: list[_Run] = []
    for part in _home(word, scope):
        if isinstance(part, Parameter) and part.name == "@" and not part.operator and part.quoted:
            if not scope.arguments and len(word) <= 2:
                return done
            for number, argument in enumerate(scope.arguments):
                if number:
                    done.append(field)
                    field = []
                field.append((argument, True))
            continue
        for characters, quoted in await _runs(part, scope):
            if quoted or isinstance(part, Text):
                field.append((characters, quoted))
                continue
            separators = scope.value("IFS")
            pieces = _pieces(characters, " \t\n" if separators is None else separators)
            for number, piece in enumerate(pieces):
                if number and field:
                    done.append(field)
                    field = []
                if piece:
                    field.append((piece, False))
    if field:
        done.append(field)
    return done


def _pieces(characters: str, separators: str) -> list[str]:
    if not separators:
        return [characters]
    blank = "".join([char for char in separators if char in " \t\n"])
    visible = "".join([char for char in separators if char not in " \t\n"])
    choices = [f"[{re.escape(blank)}]*[{re.escape(visible)}][{re.escape(blank)}]*"] if visible and blank else []
    choices += [f"[{re.escape(visible)}]"] if visible and not blank else []
    choices += [f"[{re.escape(blank)}]+"] if blank else []
    return re.split("|".join(choices), characters)


async def _runs(part: Part, scope: Scope) -> list[_Run]:
    match part:
        case Text(characters, quoted):
            return [(characters, quoted)]
        case Parameter():
            return await _parameter(part, scope)
        case Substitution(script, quoted):
            return [(await scope.output_of(script), quoted)]
        case Arithmetic(expression, quoted):
            return [(str(arithmetic.value(await text(expression, scope), scope)), quoted)]


async def _parameter(part: Parameter, scope: Scope) -> list[_Run]:
    value = " ".join(scope.arguments) if part.name in "@*" else scope.value(part.name)
    operator = part.operator
    if operator == "length":
        return [(str(len(value or "")), part.quoted)]
    if operator in ("#", "##", "%", "%%"):
        trimmed = _trimmed(value or "", operator, await pattern(part.word, scope))
        return [(trimmed, part.quoted)]
    if operator:
        is_set = value is not None and not (operator[0] == ":" and not value)
        if operator[-1] == "+":
            return [run for piece in part.word for run in await _runs(piece, scope)] if is_set else []
        if not is_set:
            if operator[-1] == "=":
                value = await text(part.word, scope)
                scope.assign(part.name, value)
            elif operator[-1] == "?":
                said = await text(part.word, scope) or "parameter not set"
                raise SyntaxFault(f"{part.name}: {said}")
            else:
                return [run for piece in part.word for run in await _runs(piece, scope)] or [("", part.quoted)]
    return [(value or "", part.quoted)]


def _trimmed(value: str, operator: str, shape: re.Pattern[str]) -> str:
    ends = range(len(value) + 1)
    at_start = operator[0] == "#"
    shortest_first = len(operator) == 1
    for end in ends if at_start == shortest_first else reversed(ends):
        if shape.fullmatch(value[:end] if at_start else value[end:]):
            return value[end:] if at_start else value[:end]
    return value


def _home(word: Word, scope: Scope) -> Word:
    """Put the home directory in place of a tilde that begins the word."""
    first = word[0] if word else None
    if isinstance(first, Text) and not first.quoted and (first.text == "~" or first.text.startswith("~/")):
        return (Text((scope.value("HOME") or "/root") + first.text[1:], quoted=True), *word[1:])
    return word


def _matches(field: list[_Run], scope: Scope) -> list[str]:
    """Return the paths that a pattern stands for; the field itself where it is none, or matches nothing."""
    plain = "".join([characters for characters, _ in field])
    if not any(not quoted and any(char in "*?[" for char in characters) for characters, quoted in field):
        return [plain]
    shape = "".join([_escaped(characters) if quoted else characters for characters, quoted in field])
    found = [("/" if shape.startswith("/") else "")]
    for part in [part for part in shape.split("/") if part]:
        found = [path for parent in found for path in _entries(parent, part, scope)]
    return sorted(found) or [plain]


def _entries(parent: str, part: str, scope: Scope) -> list[str]:
    prefix = parent if parent.endswith("/") or not parent else f"{parent}/"
    if not re.search(r"[*?[]", part):
        path = prefix + part.replace("\\", "")
        return [path] if scope.files.is_there(path, scope.cwd) else []
    try:
        names = scope.files.directory(parent or ".", scope.cwd).listing()
    except OSError:
        return []
    shape = _compiled(part)
    return [prefix + name for name in names if shape.fullmatch(name) and (part[0] == "." or name[0] != ".")]


def _escaped(characters: str) -> str:
    return re.sub(r"([*?\[\]\\])", r"\\\1", characters)


@lru_cache(maxsize=512)
def _compiled(shape: str) -> re.Pattern[str]:
    """Return a shell pattern as a regular expression (fnmatch knows no backslash)."""
    found, at = "", 0
    while at < len(shape):
        char = shape[at]
        at += 1
        if char == "*":
            found += ".*"
        elif char == "?":
            found += "."
        elif char == "\\" and at < len(shape):
            found += re.escape(shape[at])
            at += 1
        elif char == "[" and (end := shape.find("]", at + 1 + (shape[at : at + 1] == "!"))) > 0:
            inner = shape[at:end].replace("\\", "\\\\")
            inner = re.sub(r"\[:(\w+):\]?", _char_class, inner)
            found += f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]"
            at = end + 1
        else:
            found += re.escape(char)
    return re.compile(found, re.DOTALL)


_CLASSES = {"digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"}


def _char_class(found: re.Match[str]) -> str:
    return _CLASSES.get(found[1], "")
