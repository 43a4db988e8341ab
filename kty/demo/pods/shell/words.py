"""Read words: quotes, parameters and substitutions, but nothing is expanded yet."""

import re
from typing import Final

from kty.demo.pods.shell.syntax import (
    Arithmetic,
    Parameter,
    Part,
    Substitution,
    SyntaxFault,
    Text,
    Unfinished,
    Word,
)

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL: Final = "?$!#@*-0123456789"
_OPERATOR: Final = re.compile(r":?[-=?+]|##?|%%?")
_ENDS_WORD: Final = frozenset(" \t\n;&|<>()")


class WordReader:
    """Reads from one place of a text onwards; `at` is the place."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def word(self) -> Word:
        """Read until something that is no part of a word; the empty tuple where no word begins."""
        parts: list[Part] = []
        while self.at < len(self.text) and self.text[self.at] not in _ENDS_WORD:
            parts += self._part(quoted=False)
        return tuple(parts)

    def document(self) -> Word:
        """Read all of a here-document, in which only `$`, backquotes and backslashes mean something."""
        parts: list[Part] = []
        while self.at < len(self.text):
            parts += self._within_quotes(stop="")
        return tuple(parts)

    def _part(self, *, quoted: bool) -> list[Part]:
        char = self.text[self.at]
        match char:
            case "'":
                end = self._find("'", self.at + 1)
                found = Text(self.text[self.at + 1 : end], quoted=True)
                self.at = end + 1
                return [found]
            case '"':
                self.at += 1
                parts: list[Part] = [Text("", quoted=True)]
                while self._here() != '"':
                    parts += self._within_quotes(stop='"')
                self.at += 1
                return parts
            case "\\":
                self.at += 1
                escaped = self._here()
                self.at += 1
                return [] if escaped == "\n" else [Text(escaped, quoted=True)]
            case "$":
                return [self._dollar(quoted=quoted)]
            case "`":
                return [self._backquoted(quoted=quoted)]
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _ENDS_WORD and self.text[self.at] not in "'\"\\$`":
            self.at += 1
        return [Text(self.text[start : self.at])]

    def _within_quotes(self, stop: str) -> list[Part]:
        match self.text[self.at]:
            case "\\":
                self.at += 1
                escaped = self._here() if stop or self.at < len(self.text) else ""
                self.at += 1
                if escaped == "\n":
                    return []
                return [Text(escaped if escaped in '$`\\"' and escaped else "\\" + escaped, quoted=True)]
            case "$":
                return [self._dollar(quoted=True)]
            case "`":
                return [self._backquoted(quoted=True)]
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "\\$`" + stop:
            self.at += 1
        if stop and self.at == len(self.text):
            raise Unfinished("syntax error: unterminated quoted string")
        return [Text(self.text[start : self.at], quoted=True)]

    def _dollar(self, *, quoted: bool) -> Part:
        self.at += 1
        rest = self.text[self.at : self.at + 2]
        if rest == "((":
            end = self._closing(self.at, "(", ")")
            inner = self.text[self.at + 1 : end]
            if inner.endswith(")"):
                self.at = end + 1
                return Arithmetic(WordReader(inner[1:-1]).document(), quoted)
        if rest[:1] == "(":
            end = self._closing(self.at, "(", ")")
            script = self.text[self.at + 1 : end]
            self.at = end + 1
            return Substitution(script, quoted)
        if rest[:1] == "{":
            end = self._closing(self.at, "{", "}")
            inner = self.text[self.at + 1 : end]
            self.at = end + 1
            return _braced(inner, quoted=quoted)
        if found := NAME.match(self.text, self.at):
            self.at = found.end()
            return Parameter(found[0], quoted=quoted)
        if rest[:1] and rest[0] in _SPECIAL:
            self.at += 1
            return Parameter(rest[0], quoted=quoted)
        return Text("$", quoted=True)

    def _backquoted(self, *, quoted: bool) -> Part:
        script, self.at = "", self.at + 1
        while (char := self._here()) != "`":
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("`", "\\", "$"):
                self.at += 1
            script += self.text[self.at : self.at + 1]
            self.at += 1
        self.at += 1
        return Substitution(script, quoted)

    def _here(self) -> str:
        if self.at >= len(self.text):
            raise Unfinished("syntax error: unterminated quoted string")
        return self.text[self.at]

    def _find(self, char: str, start: int) -> int:
        end = self.text.find(char, start)
        if end < 0:
            raise Unfinished("syntax error: unterminated quoted string")
        return end

    def _closing(self, at: int, opening: str, closing: str) -> int:
        """Return where the bracket that opens here is closed; brackets within quotes do not count."""
        depth = 0
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 1
            elif char == "'":
                at = self._find("'", at + 1)
            elif char == '"':
                at += 1
                while at < len(self.text) and self.text[at] != '"':
                    at += 2 if self.text[at] == "\\" else 1
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if not depth:
                    return at
            at += 1
        raise Unfinished(f"syntax error: missing '{closing}'")


def _braced(inner: str, *, quoted: bool) -> Parameter:
    """Read what stands between the braces of `${…}`."""
    if inner.startswith("#") and len(inner) > 1:
        return Parameter(inner[1:], "length", quoted=quoted)
    found = NAME.match(inner)
    name = found[0] if found else inner[:1]
    if not name or (not found and name not in _SPECIAL):
        raise SyntaxFault("bad substitution")
    rest = inner[len(name) :]
    if not rest:
        return Parameter(name, quoted=quoted)
    operator = _OPERATOR.match(rest)
    if operator is None:
        raise SyntaxFault("bad substitution")
    is_pattern = operator[0][0] in "#%"  # quotes around all of it do not reach into a pattern
    return Parameter(name, operator[0], _operand(rest[operator.end() :], quoted=quoted and not is_pattern), quoted)


def _operand(text: str, *, quoted: bool) -> Word:
    """Read the word after an operator: blanks do not end it."""
    reader = WordReader(text)
    parts: list[Part] = []
    while reader.at < len(text):
        if text[reader.at] in _ENDS_WORD:
            parts.append(Text(text[reader.at], quoted))
            reader.at += 1
        elif quoted and text[reader.at] not in '\\$`"':
            parts.append(Text(text[reader.at], quoted=True))
            reader.at += 1
        else:
            parts += reader._part(quoted=quoted)  # noqa: SLF001 - its own class
    return tuple(parts)


def assignment(word: Word) -> tuple[str, Word] | None:
    """Return the name and the value of `NAME=…`; None for any other word."""
    first = word[0] if word else None
    if not isinstance(first, Text) or first.quoted:
        return None
    name, equals, rest = first.text.partition("=")
    if not equals or not NAME.fullmatch(name):
        return None
    return name, ((Text(rest),) if rest else ()) + word[1:]
