"""The words of one line of YAML."""

import re
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["key", "string", "number", "constant", "escape", "mark", "comment", "body"]

LONGEST = 2000
"""Characters of a line that are looked at; what follows is of the last word's kind."""

_LEAD = re.compile(r" *(?:[-?:](?: +|$))*")
_KEY = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^ "'#\[{|>].*?)(?=:(?: |$))""")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?|' + r"'(?:[^']|'')*'?")
_PLAIN = re.compile(r".*?(?= +#|$)")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.inf)|\.nan")
_MARK = re.compile(r"\{\}|\[\]|[|>][-+1-9]{0,2}")
_CONSTANTS = frozenset({"true", "false", "null", "~"})


class Word(NamedTuple):
    """The characters from `start` up to `end`, and what they are. Between words there are spaces."""

    start: int
    end: int
    kind: Kind


def lex(line: str, *, is_body: bool = False) -> tuple[Word, ...]:
    """Return the words of a line; inside a literal block it is one."""
    if is_body:
        return (Word(0, len(line), "body"),)
    head = line[:LONGEST]
    words: list[Word] = []
    lead = _LEAD.match(head)
    at = lead.end() if lead else 0
    if head[:at].strip():
        words.append(Word(0, at, "mark"))
    if key := _KEY.match(head, at):
        words += [Word(at, key.end(), "key"), Word(key.end(), key.end() + 1, "mark")]
        at = key.end() + 1
    while at < len(head) and head[at] == " ":
        at += 1
    if at < len(head) and head[at] != "#":
        words += [Word(at, len(head), "key")] if lead and "?" in lead[0] else _value(head, at)
        at = words[-1].end
    if "#" in head[at:]:
        words.append(Word(at, len(head), "comment"))
    if words and len(line) > len(head):
        words[-1] = words[-1]._replace(end=len(line))
    return tuple(words)


def _value(head: str, at: int) -> list[Word]:
    if quoted := _QUOTED.match(head, at):
        words = [Word(at, quoted.end(), "string")]
        if head[at] == '"':
            for escape in _ESCAPE.finditer(head, at, quoted.end()):
                if escape[0] in ('\\"', "\\\\"):
                    continue
                last = words.pop()
                words += [last._replace(end=escape.start()), Word(*escape.span(), "escape")]
                words.append(Word(escape.end(), last.end, "string"))
        return words
    plain = _PLAIN.match(head, at)
    end = plain.end() if plain else len(head)
    return [Word(at, end, _kind(head[at:end]))]


def _kind(value: str) -> Kind:
    if value in _CONSTANTS:
        return "constant"
    if _NUMBER.fullmatch(value):
        return "number"
    return "mark" if _MARK.fullmatch(value) else "string"
