"""What a script consists of, once it is read (POSIX.1, Shell Command Language)."""

from dataclasses import dataclass
from typing import TypeAlias


class SyntaxFault(Exception):
    """A script that cannot be read."""


class Unfinished(SyntaxFault):
    """A script that would go on: more lines may complete it."""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves; those that are not quoted may be patterns."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$NAME`, or `${NAME…}` with an operator and its word."""

    name: str
    operator: str = ""
    """`-`, `:-`, `=`, `:=`, `?`, `:?`, `+`, `:+`, `#`, `##`, `%`, `%%`, and `length` for `${#NAME}`."""
    word: "Word" = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)` or backquotes: what a script prints."""

    script: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((…))`, its own parameters not expanded yet."""

    expression: "Word"
    quoted: bool = False


Part: TypeAlias = Text | Parameter | Substitution | Arithmetic
Word: TypeAlias = tuple[Part, ...]


@dataclass(eq=False, slots=True)
class Redirect:
    """`2>file`, `<<END`, `>&1`. The word of `<<` becomes known only when the line that it stands in has ended."""

    number: int
    operator: str
    """`<`, `>`, `>>`, `>|`, `<&`, `>&`, or `<<` with the document as its word."""
    word: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """Assignments, a program with its arguments, and where its streams go."""

    assignments: tuple[tuple[str, Word], ...] = ()
    words: tuple[Word, ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands that run at the same time, each reading what the one before it writes."""

    commands: tuple["Command", ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    """Pipelines with `&&` or `||` before every one but the first."""

    first: "Command"
    rest: tuple[tuple[str, "Command"], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Commands one after the other; those that are marked run in the background."""

    items: tuple[tuple["Command", bool], ...]


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with what is done where they hold, and what is done where none does."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None = None


@dataclass(frozen=True, slots=True)
class While:
    """A loop while the condition holds, or until it does."""

    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """A loop over words; over the script's own arguments where None."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case:
    """The first pattern that the word matches chooses what is done."""

    word: Word
    choices: tuple[tuple[tuple[Word, ...], Sequence], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """`name() …`: a definition."""

    name: str
    body: "Command"


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` with a state of its own, and where the streams of all of it go."""

    body: "Command"
    subshell: bool = False
    redirects: tuple[Redirect, ...] = ()


Command: TypeAlias = Simple | Pipeline | AndOr | Sequence | If | While | For | Case | Function | Group
