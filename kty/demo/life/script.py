"""How a shell script goes, read and not run: how long it takes and with what it exits, as far as one can tell."""

import re
import shlex
from dataclasses import dataclass

FOREVER = float("inf")
A_WHILE = 2.0
"""Seconds that a command takes of which nothing is known."""

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_ENDLESS = re.compile(r"(tail\b.* -[a-z]*[fF])|(httpd\b.* -f)|(nc\b.* -[a-z]*l)|(cat$)|(top\b)|(watch\b)")
_SEPARATORS = frozenset({";", "&", "&&", "||", "|", ";;"})
_CLOSERS = frozenset({"done", "fi", "then", "else", "elif", "do", "}", ")", "esac"})
_AT_ONCE = frozenset(
    {"echo", "printf", "export", "set", "cd", "mkdir", "touch", "rm", "cp", "mv", "ln", "chmod", "ls", "date", "env",
     "hostname", "id", "pwd", "test", "[", "[[", "trap", "unset", "umask", "ulimit", ":", "true", "cat", "grep", "sed",
     "seq", "awk", "head", "wc", "local", "readonly", "shift", "uname", "basename", "dirname"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """How a process goes."""

    seconds: float
    """FOREVER for one that does not end by itself."""
    code: int = 0
    heeds_term: bool = False
    """Whether it ends when asked to, as the first process of a container: most shells and sleeps do not."""


def seconds_of(text: str) -> float:
    """Read what `sleep` takes."""
    if text in ("infinity", "inf"):
        return FOREVER
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        return max(float(number), 0.0) * _UNITS[unit]
    except ValueError:
        return A_WHILE


def play(script: str, *, is_service: bool = False) -> Run:
    """Return how a script goes. In a service the last command of which nothing is known runs for ever."""
    lexer = shlex.shlex(script.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=";&|(){}")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        return Run(0.1, 2)  # what a shell says of an open quote
    return _Player(words, is_service).run()


class _Exit(Exception):
    """The script ended here."""


class _Player:
    def __init__(self, words: list[str], is_service: bool) -> None:
        self._words = words
        self._is_service = is_service
        self._at = 0
        self._seconds = 0.0
        self._code = 0
        self._heeds_term = False

    def run(self) -> Run:
        try:
            while self._at < len(self._words):
                self._list(acts=True)
                if self._at < len(self._words):
                    self._at += 1  # a closer that nothing opened
        except _Exit:
            pass
        return Run(self._seconds, self._code, self._heeds_term)

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _list(self, *, acts: bool) -> None:
        """Go through commands up to what closes them; `acts` is False where they are only passed over."""
        join = ";"
        while self._peek() and self._peek() not in _CLOSERS:
            if self._peek() in _SEPARATORS:
                join = self._words[self._at]
                self._at += 1
                continue
            wanted = acts and not (join == "&&" and self._code) and not (join == "||" and not self._code)
            self._command(acts=wanted)
            join = ";"

    def _command(self, *, acts: bool) -> None:
        word = self._peek()
        if word in ("while", "until", "for"):
            self._loop(acts=acts)
        elif word == "if":
            self._if(acts=acts)
        elif word in ("(", "{"):
            self._at += 1
            self._list(acts=acts)
            self._at += 1
        else:
            self._simple(acts=acts)

    def _loop(self, *, acts: bool) -> None:
        kind = self._words[self._at]
        self._at += 1
        if kind == "for":
            start = self._at
            while self._peek() and self._peek() != "do":
                self._at += 1
            turns = _turns(self._words[start : self._at])
        else:
            before = self._code
            self._list(acts=acts)
            turns = FOREVER if (self._code == 0) == (kind == "while") else 0
            self._code = before
        self._at += 1
        started, body = self._seconds, self._at
        self._list(acts=acts and turns > 0)
        if acts and turns > 1:
            once = self._seconds - started
            if turns == FOREVER and "break" not in self._words[body : self._at]:
                self._end(FOREVER, 0)
            elif turns != FOREVER:
                self._seconds = started + once * turns
        self._at += 1

    def _if(self, *, acts: bool) -> None:
        self._at += 1
        self._list(acts=acts)
        holds, is_done = self._code == 0, False
        while self._peek() in ("then", "else", "elif"):
            word = self._words[self._at]
            self._at += 1
            if word == "elif":
                is_done = is_done or holds
                self._list(acts=acts and not is_done)
                holds = not is_done and self._code == 0
                continue
            chosen = not is_done and (holds if word == "then" else not holds)
            self._list(acts=acts and chosen)
            is_done = is_done or chosen
        self._at += 1

    def _simple(self, *, acts: bool) -> None:
        start = self._at
        while self._peek() and self._peek() not in _SEPARATORS and self._peek() not in ("(", ")", "{", "}"):
            self._at += 1
        words = self._words[start : self._at]
        while words and re.fullmatch(r"\w+=.*", words[0]):
            del words[0]
        is_last = not any(word not in _SEPARATORS | _CLOSERS for word in self._words[self._at :])
        if acts and words:
            self._do(words, is_background=self._peek() == "&", is_last=is_last)

    def _do(self, words: list[str], *, is_background: bool, is_last: bool) -> None:
        is_last = is_last or words[0] == "exec"
        if words[0] == "exec":
            del words[0]
        name = words[0].rpartition("/")[2] if words else "true"
        self._heeds_term = self._heeds_term or name == "trap"
        if is_background:
            self._code = 0
        elif name == "exit":
            raise self._ended(int(words[1]) & 255 if len(words) > 1 and words[1].isdigit() else self._code)
        elif name == "sleep":
            self._take(sum(seconds_of(word) for word in words[1:]), 0)
        elif name == "false":
            self._take(0.0, 1)
        elif name == "wait" or _ENDLESS.match(" ".join([name, *words[1:]])):
            self._end(FOREVER, 0)
        elif name in _AT_ONCE:
            self._take(0.0, 0)
        elif is_last and self._is_service:
            self._heeds_term = True
            self._end(FOREVER, 0)
        else:
            self._take(A_WHILE, 0)

    def _take(self, seconds: float, code: int) -> None:
        self._seconds += seconds
        self._code = code
        if self._seconds == FOREVER:
            raise _Exit

    def _end(self, seconds: float, code: int) -> None:
        self._take(seconds, code)
        raise _Exit

    def _ended(self, code: int) -> _Exit:
        self._code = code
        return _Exit()


def _turns(words: list[str]) -> float:
    """Return how often a `for` loop goes round: `x in a b c`, or the last number of a `seq`."""
    items = [word for word in words[2:] if word != ";"]
    if any("seq" in word for word in items):
        numbers = [int(number) for number in re.findall(r"\d+", " ".join(items))]
        return float(numbers[-1]) if numbers else 1.0
    return float(len(items))
