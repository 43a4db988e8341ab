"""From the text of a script to its commands."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from kty.demo.pods.shell.syntax import (
    AndOr,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    SyntaxFault,
    Text,
    Unfinished,
    While,
    Word,
)
from kty.demo.pods.shell.words import NAME, WordReader, assignment

_BLANK: Final = re.compile(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?")
_OPERATOR: Final = re.compile(r"&&|\|\||;;|<<-?|>>|<&|>&|>\||&>|[;&|<>()\n]")
_NUMBER: Final = re.compile(r"[0-9]+(?=[<>])")
_REDIRECTS: Final = frozenset({"<", ">", ">>", ">|", "<&", ">&", "<<", "<<-", "&>"})
_RESERVED: Final = frozenset(
    {"if", "then", "elif", "else", "fi", "while", "until", "for", "in", "do", "done", "case", "esac", "{", "}", "!"}
)
_CLOSING: Final = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})


class _Token(NamedTuple):
    kind: str
    """`word`, `operator`, `number` (before a redirection) or `end`."""
    text: str
    word: Word = ()


_END: Final = _Token("end", "end of file")


@lru_cache(maxsize=256)
def parse(script: str) -> Sequence:
    """Read a whole script. Raises SyntaxFault; Unfinished where more lines could complete it."""
    try:
        return _Parser(script).script()
    except RecursionError as error:
        raise SyntaxFault("syntax error: too many levels of nesting") from error


class _Parser:
    """Takes one token after the other."""

    def __init__(self, text: str) -> None:
        self._reader = WordReader(text)
        self._documents: list[tuple[Redirect, bool]] = []
        self.next = self._scan()

    def script(self) -> Sequence:
        """Read everything that there is."""
        sequence = self.sequence()
        if self.next.kind != "end":
            raise self._unexpected()
        if self._documents:
            raise Unfinished("here document is not ended")
        return sequence

    def _scan(self) -> _Token:
        text = self._reader.text
        blank = _BLANK.match(text, self._reader.at)
        self._reader.at = blank.end() if blank else self._reader.at
        at = self._reader.at
        if at >= len(text):
            return _END
        if found := _NUMBER.match(text, at):
            self._reader.at = found.end()
            return _Token("number", found[0])
        if found := _OPERATOR.match(text, at):
            self._reader.at = found.end()
            return _Token("operator", found[0])
        word = self._reader.word()
        return _Token("word", text[at : self._reader.at], word)

    def _take(self) -> _Token:
        token = self.next
        if token.text == "\n" and token.kind == "operator":
            self._read_documents()
        self.next = self._scan()
        return token

    def _is(self, text: str) -> bool:
        return self.next.text == text and self.next.kind in ("operator", "word")

    def _took(self, text: str) -> bool:
        return self._is(text) and bool(self._take())

    def _expect(self, text: str) -> None:
        if not self._took(text):
            raise self._unexpected(text)

    def _unexpected(self, expected: str = "") -> SyntaxFault:
        kind = Unfinished if self.next.kind == "end" else SyntaxFault
        found = "newline" if self.next.text == "\n" else self.next.text
        found = found if self.next.kind == "end" else f'"{found}"'
        return kind(f"syntax error: unexpected {found}" + (f' (expecting "{expected}")' if expected else ""))

    def _skip_lines(self) -> None:
        while self._is("\n"):
            self._take()

    def sequence(self) -> Sequence:
        """Read commands until something that closes what they are in."""
        items: list[tuple[Command, bool]] = []
        self._skip_lines()
        while self.next.kind != "end" and self.next.text not in (")", ";;") and self.next.text not in _CLOSING:
            command = self._and_or()
            background = self._took("&")
            items.append((command, background))
            if not background and not self._took(";") and not self._is("\n"):
                break
            self._skip_lines()
        return Sequence(tuple(items))

    def _body(self, *closing: str) -> Sequence:
        """Read what must be followed by one of these words; it may not be empty."""
        sequence = self.sequence()
        if not sequence.items or self.next.text not in closing:
            raise self._unexpected(closing[0])
        return sequence

    def _and_or(self) -> Command:
        first = self._pipeline()
        rest: list[tuple[str, Command]] = []
        while self.next.kind == "operator" and self.next.text in ("&&", "||"):
            operator = self._take().text
            self._skip_lines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> Command:
        negated = self._took("!")
        commands = [self._command()]
        while self._took("|"):
            self._skip_lines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated) if negated or len(commands) > 1 else commands[0]

    def _command(self) -> Command:
        if self.next.kind == "operator" and self.next.text == "(":
            self._take()
            body: Command = self.sequence()
            self._expect(")")
            return Group(body, subshell=True, redirects=self._redirects())
        if self.next.kind == "word" and self.next.text in _RESERVED:
            compound = self._compound()
            redirects = self._redirects()
            return Group(compound, redirects=redirects) if redirects else compound
        return self._simple()

    def _compound(self) -> Command:
        match self._take().text:
            case "{":
                body = self._body("}")
                self._expect("}")
                return Group(body)
            case "if":
                return self._if()
            case ("while" | "until") as word:
                condition = self._body("do")
                return While(condition, self._loop(), until=word == "until")
            case "for":
                return self._for()
            case "case":
                return self._case()
            case word:
                raise SyntaxFault(f'syntax error: unexpected "{word}"')

    def _if(self) -> If:
        branches: list[tuple[Sequence, Sequence]] = []
        otherwise = None
        while True:
            condition = self._body("then")
            self._take()
            branches.append((condition, self._body("fi", "else", "elif")))
            word = self._take().text
            if word == "else":
                otherwise = self._body("fi")
                self._take()
            if word != "elif":
                return If(tuple(branches), otherwise)

    def _loop(self) -> Sequence:
        self._expect("do")
        body = self._body("done")
        self._expect("done")
        return body

    def _for(self) -> For:
        name = self._take().text
        if not NAME.fullmatch(name):
            raise SyntaxFault("syntax error: bad for loop variable")
        self._skip_lines()
        words: tuple[Word, ...] | None = None
        if self._took("in"):
            found = []
            while self.next.kind == "word":
                found.append(self._take().word)
            words = tuple(found)
        self._took(";")
        self._skip_lines()
        return For(name, words, self._loop())

    def _case(self) -> Case:
        word = self._take().word
        self._skip_lines()
        self._expect("in")
        self._skip_lines()
        choices = []
        while not self._took("esac"):
            self._took("(")
            patterns = [self._take().word]
            while self._took("|"):
                patterns.append(self._take().word)
            self._expect(")")
            choices.append((tuple(patterns), self.sequence()))
            if not self._took(";;") and not self._is("esac"):
                raise self._unexpected(";;")
            self._skip_lines()
        return Case(word, tuple(choices))

    def _simple(self) -> Command:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            if self._redirect(redirects):
                continue
            if self.next.kind != "word":
                break
            token = self._take()
            assigned = None if words else assignment(token.word)
            if assigned:
                assignments.append(assigned)
                continue
            if not words and not assignments and NAME.fullmatch(token.text) and self._took("("):
                self._expect(")")
                self._skip_lines()
                return Function(token.text, self._command())
            words.append(token.word)
        if not (assignments or words or redirects):
            raise self._unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while self._redirect(found):
            pass
        return tuple(found)

    def _redirect(self, found: list[Redirect]) -> bool:
        number = self._take().text if self.next.kind == "number" else ""
        if self.next.kind != "operator" or self.next.text not in _REDIRECTS:
            return False
        operator = self._take().text
        if self.next.kind != "word":
            raise self._unexpected()
        word = self._take().word
        if operator == "&>":
            found += [Redirect(1, ">", word), Redirect(2, ">&", (Text("1"),))]
        elif operator.startswith("<<"):
            redirect = Redirect(int(number or 0), "<<", word)
            found.append(redirect)
            self._documents.append((redirect, operator == "<<-"))  # its lines follow once this line has ended
        else:
            found.append(Redirect(int(number or (0 if operator[0] == "<" else 1)), operator, word))
        return True

    def _read_documents(self) -> None:
        """Read the here-documents that were announced in the line that ends here."""
        for redirect, strip in self._documents:
            mark = "".join([part.text for part in redirect.word if isinstance(part, Text)])
            literal = any(isinstance(part, Text) and part.quoted for part in redirect.word)
            lines = []
            while True:
                if self._reader.at >= len(self._reader.text):
                    raise Unfinished("here document is not ended")
                line, _, _ = self._reader.text[self._reader.at :].partition("\n")
                self._reader.at += len(line) + 1
                line = line.lstrip("\t") if strip else line
                if line == mark:
                    break
                lines.append(line + "\n")
            text = "".join(lines)
            redirect.word = (Text(text, quoted=True),) if literal else WordReader(text).document()
        self._documents.clear()
