"""The filter language of every list: terms with spaces between them, all of which a row must meet.

    web  "two words"         in any shown column but those of what is measured, in small or capital letters
    status:crash             in that column; its name may be cut short, blanks left out: clusterip:10.
    status=Running  ready!=1/1      all that the column shows, or the number that it is
    restarts>3  age<2h  capacity>=10Gi      numbers, amounts and durations: younger than two hours
    cpu>500m  mem>1Gi  cpu%l>80     what is used, where that is measured, and percent of the limit
    -l app=web,tier in (a, b)       a label selector; quoted where it has other blanks
    !web  !status:run  !-l app      the rows that the term would leave out

A word that only looks like a term goes in quotes: "a=b", "!important". A colon after what is no column's name
means nothing: nginx:1.25 is a word.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kty.errors import UsageError
from kty.kube.objects import Row
from kty.kube.selectors import SelectorMistake
from kty.kube.selectors import parse as parse_selector
from kty.text import printable
from kty.views.durations import seconds
from kty.views.fields import Field, fold
from kty.views.scales import scales
from kty.views.terms import Compared, Equal, Labelled, Not, Span, Term, Test, Within, Word, lasts
from kty.views.view import Order

_SIGN = re.compile(r"""([^\s:=<>!"']+)(==|!=|>=|<=|[:=<>])""")
_WORD = re.compile(r"\S*")
_LABELS = re.compile(r"-l(?:=|(?=\s|\Z|[\"'])|(?=[^\s:=<>!(,]+[=<>!(,]))\s*")
_SELECTOR = re.compile(r"(?:[^\s,(]+|\([^)]*\)?|\s*,\s*|\s+(?:not)?in(?=\s*(?:\(|\Z))\s*)*")
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


_COMPARES: dict[Order, str] = {
    "number": "a number",
    "time": "a duration such as 2h30m",
    "text": "a number, an amount such as 10Gi or a duration such as 2h",
}


class FilterMistake(UsageError):
    """A filter that cannot be read. The wrong part is `text[start:end]`; it is empty where something is missing."""

    def __init__(self, message: str, start: int, end: int, *, unfinished: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end
        self.unfinished = unfinished
        """Whether typing on can make it right."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a row must be like to be shown; without terms every row is."""

    text: str
    terms: tuple[Term, ...] = ()

    @property
    def ticks(self) -> bool:
        """Whether rows come and go as time passes: then the rows are to be tested again, with a new `at`."""
        return any(term.ticks for term in self.terms)

    @property
    def lasts(self) -> bool:
        """Whether a row that got through gets through for as long as it is the same."""
        return all(map(lasts, self.terms))

    def narrows(self, other: "Filter") -> bool:
        """Whether it is certain that every row that gets through got through the other one, too, at whatever time."""
        lasting = [term for term in self.terms if lasts(term)]
        return all(
            any(term == wide or (isinstance(term, Word) and term.narrows(wide)) for term in lasting)
            for wide in other.terms
        )

    def at(self, now: float) -> Test:
        """Return the test as of now (seconds since the epoch), for rows with the `haystack` of the same fields."""
        tests = [term.test(now) for term in self.terms]
        match tests:
            case []:
                return lambda row, text: True
            case [test]:
                return test
            case [first, second]:
                return lambda row, text: first(row, text) and second(row, text)

        def test_all(row: Row, text: str) -> bool:
            return all(test(row, text) for test in tests)

        return test_all

    def matches(self, row: Row, text: str, now: float) -> bool:
        """Say whether one row gets through; for many rows `at` is quicker."""
        return self.at(now)(row, text)

    def spans(self, cells: Sequence[str]) -> tuple[Span, ...]:
        """Return what to highlight in the shown cells of a row that got through, in order and without overlaps."""
        folded = [fold(cell) for cell in cells]
        merged: list[Span] = []
        for column, start, end in sorted(span for term in self.terms for span in term.spans(folded)):
            if merged and merged[-1][0] == column and merged[-1][2] >= start:
                _, first, last = merged.pop()
                start, end = first, max(last, end)
            merged.append((column, start, end))
        return tuple(merged)


def parse(text: str, fields: Sequence[Field]) -> Filter:
    """Read a filter for a list with these columns. Raises FilterMistake."""
    return Filter(text, tuple(_Reader(text, fields).terms()))


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the text, without its quotes."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def missing(self) -> bool:
        return not self.text and not self.quoted


class _Reader:
    """Reads one term after the other."""

    def __init__(self, text: str, fields: Sequence[Field]) -> None:
        self._text = text
        self._fields = fields
        self._shown = [field for field in fields if field.shown]
        self._ticking = tuple([field for field in self._shown if field.column.ticks])
        self._unread = frozenset([at for at, each in enumerate(self._shown) if each.column.joins is not None])
        self._at = 0

    def terms(self) -> list[Term]:
        found: list[Term] = []
        while True:
            self._skip()
            if self._is_last:
                return found
            found.append(self._term())

    @property
    def _is_last(self) -> bool:
        """Whether what was taken ends the text: typing goes on right behind it."""
        return self._at == len(self._text)

    def _skip(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _term(self) -> Term:
        start = self._at
        if self._text[start] != "!":
            return self._positive()
        self._at += 1
        if not self._text[self._at : self._at + 1].strip():
            raise FilterMistake(
                "! leaves out what follows it, and nothing does", start, self._at, unfinished=self._is_last
            )
        return Not(self._positive())

    def _positive(self) -> Term:
        if found := _LABELS.match(self._text, self._at):
            return self._labels(found)
        if (found := _SIGN.match(self._text, self._at)) and (field := self._field(found)):
            self._at = found.end()
            return self._condition(field, found[2], found.start(2))
        part = self._part()
        if not part.text:
            raise FilterMistake("the quotes are empty", part.start, part.end)
        return Word(_needle(part), self._ticking, self._unread)

    def _part(self) -> _Part:
        """Take a word, or what quotes enclose."""
        start = self._at
        quote = self._text[start : start + 1]
        if quote not in ('"', "'"):
            found = _WORD.match(self._text, start)
            self._at = found.end() if found else start
            return _Part(self._text[start : self._at], start, self._at)
        end = self._text.find(quote, start + 1)
        if end < 0:
            raise FilterMistake(f"the quote {quote} is not closed", start, len(self._text), unfinished=True)
        self._at = end + 1
        return _Part(self._text[start + 1 : end], start, self._at, quoted=True)

    def _labels(self, found: re.Match[str]) -> Term:
        self._at = found.end()
        part = self._part() if self._text[self._at : self._at + 1] in ('"', "'") else self._selector()
        if not part.text.strip():
            raise FilterMistake(
                "-l needs a label selector, such as app=web", found.start(), part.end, unfinished=self._is_last
            )
        try:
            return Labelled(parse_selector(part.text))
        except SelectorMistake as mistake:
            start = part.start + part.quoted
            raise FilterMistake(
                str(mistake),
                start=start + mistake.start,
                end=start + mistake.end,
                unfinished=self._is_last and mistake.start == len(part.text),
                hint=mistake.hint,
            ) from mistake

    def _selector(self) -> _Part:
        start = self._at
        found = _SELECTOR.match(self._text, start)
        self._at = found.end() if found else start
        return _Part(self._text[start : self._at], start, self._at)

    def _field(self, found: re.Match[str]) -> Field | None:
        """Return the column that is meant; None where a colon belongs to a word."""
        name, sign = found.groups()
        fields = _named(name, self._fields)
        if len(fields) == 1:
            return fields[0]
        if fields:
            titles = " or ".join([printable(field.column.title) for field in fields])
            raise FilterMistake(f"{printable(name)} can be {titles}", *found.span(1))
        if sign == ":":
            return None
        known = ", ".join([printable(field.column.title) for field in self._fields])
        other = f"for a label write -l {printable(name)}{sign}…" if "=" in sign else "for a word use quotes"
        raise FilterMistake(
            f"no column is called {printable(name)}", *found.span(1), hint=f"there are {known}; {other}"
        )

    def _condition(self, field: Field, sign: str, start: int) -> Term:
        part = self._part()
        if part.missing:
            raise FilterMistake(
                f"{printable(field.column.title)}{sign} of what?", start, part.end, unfinished=self._is_last
            )
        column = self._shown.index(field) if field.shown else None
        match sign:
            case ":":
                if not part.text:
                    raise FilterMistake("the quotes are empty", part.start, part.end)
                return Within(field, column, _needle(part))
            case "=" | "==" | "!=":
                ways = scales(field, part.text) if field.column.order == "number" else ()
                return Equal(field, column, _needle(part), ways, wanted=sign != "!=")
        ways = scales(field, part.text)
        if ways:
            return Compared(field, column, _HOLDS[sign], ways)
        raise FilterMistake(
            f"{printable(field.column.title)} compares with {_COMPARES[field.column.order]}, not with {_needle(part)}",
            part.start,
            part.end,
            unfinished=self._is_last and seconds(f"{fold(part.text)}s") is not None,
        )


def _needle(part: _Part) -> str:
    """Return what to look for, as the cells show it."""
    return fold(printable(part.text))


def _named(name: str, fields: Sequence[Field]) -> Sequence[Field]:
    """Return the columns that a name can mean: the one of that title, else those whose title begins with it.

    Where the others are but more words about one of them, as Memory Limit is about Memory, it is the one.
    """
    if not (sought := _plain(name)) or name.startswith("-"):
        return ()
    titles = [(field, _plain(field.column.title)) for field in fields]
    exact = [field for field, title in titles if title == sought]
    if exact:
        return exact[:1]
    begins = [field for field, title in titles if title.startswith(sought)]
    begins = [field for field in begins if field.shown] or begins
    words = [f"{field.column.title} " for field in begins]
    return [field for field in begins if all(each.startswith(f"{field.column.title} ") for each in words)] or begins


def _plain(title: str) -> str:
    return "".join([char for char in fold(title) if char.isalnum()])
