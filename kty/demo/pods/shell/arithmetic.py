"""What stands in `$((…))`: whole numbers of 64 bits, with the operators of C."""

import re
from collections.abc import Callable
from typing import Final, Protocol

from kty.demo.pods.shell.syntax import SyntaxFault


class Variables(Protocol):
    """Where names get their values."""

    def value(self, name: str) -> str | None: ...

    def assign(self, name: str, value: str) -> None: ...


_TOKEN: Final = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|[0-9]+|[A-Za-z_]\w*|<<=|>>=|\+\+|--|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),])"
)
_LEVELS: Final = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"))
_SUMS: Final = (("+", "-"), ("*", "/", "%"))


def _divided(a: int, b: int) -> int:
    if b == 0:
        raise SyntaxFault("divide by zero")
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_BINARY: Final[dict[str, Callable[[int, int], int]]] = {
    "||": lambda a, b: int(bool(a) or bool(b)),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "%": lambda a, b: a - b * _divided(a, b),
}


def value(expression: str, variables: Variables) -> int:
    """Return what an expression comes to; nothing is 0. Raises SyntaxFault."""
    tokens, at = [], 0
    while at < len(expression.rstrip()):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise SyntaxFault("arithmetic syntax error")
        tokens.append(found[1])
        at = found.end()
    if not tokens:
        return 0
    reader = _Reader(tokens, variables)
    result = reader.comma()
    if reader.tokens:
        raise SyntaxFault("arithmetic syntax error")
    return result


def _wrapped(number: int) -> int:
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


class _Reader:
    """Recursive descent, one level of precedence a call."""

    def __init__(self, tokens: list[str], variables: Variables) -> None:
        self.tokens = tokens
        self._variables = variables

    def _next(self, at: int = 0) -> str:
        return self.tokens[at] if at < len(self.tokens) else ""

    def comma(self) -> int:
        number = self.assignment()
        while self._next() == ",":
            self.tokens.pop(0)
            number = self.assignment()
        return number

    def assignment(self) -> int:
        name, operator = self._next(), self._next(1)
        if re.fullmatch(r"[A-Za-z_]\w*", name) and re.fullmatch(r"(<<|>>|[-+*/%&|^])?=", operator):
            del self.tokens[:2]
            number = self.assignment()
            if operator != "=":
                number = _wrapped(_BINARY[operator[:-1]](self._number(name), number))
            self._variables.assign(name, str(number))
            return number
        condition = self._binary(0)
        if self._next() != "?":
            return condition
        self.tokens.pop(0)
        first = self.assignment()
        if self._next() != ":":
            raise SyntaxFault("arithmetic syntax error")
        self.tokens.pop(0)
        second = self.assignment()
        return first if condition else second

    def _binary(self, level: int) -> int:
        levels = _LEVELS + _SUMS
        if level == len(levels):
            return self._unary()
        left = self._binary(level + 1)
        while self._next() in levels[level]:
            operator = self.tokens.pop(0)
            left = _wrapped(_BINARY[operator](left, self._binary(level + 1)))
        return left

    def _unary(self) -> int:
        token = self._next()
        if token in ("-", "+", "!", "~"):
            self.tokens.pop(0)
            number = self._unary()
            return {"-": -number, "+": number, "!": int(not number), "~": ~number}[token]
        if token in ("++", "--"):
            self.tokens.pop(0)
            return self._step(self._word(), token, after=False)
        return self._atom()

    def _atom(self) -> int:
        token = self._word()
        if token == "(":  # noqa: S105 - a bracket
            number = self.comma()
            if self._word() != ")":
                raise SyntaxFault("arithmetic syntax error")
            return number
        if token[0].isdigit():
            return _integer(token)
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise SyntaxFault("arithmetic syntax error")
        if self._next() in ("++", "--"):
            return self._step(token, self.tokens.pop(0), after=True)
        return self._number(token)

    def _word(self) -> str:
        if not self.tokens:
            raise SyntaxFault("arithmetic syntax error")
        return self.tokens.pop(0)

    def _step(self, name: str, operator: str, *, after: bool) -> int:
        before = self._number(name)
        number = before + (1 if operator == "++" else -1)
        self._variables.assign(name, str(number))
        return before if after else number

    def _number(self, name: str) -> int:
        text = (self._variables.value(name) or "0").strip()
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        return sign * _integer(digits) if digits[:1].isdigit() else 0


def _integer(text: str) -> int:
    try:
        base = 16 if text[:2] in ("0x", "0X") else 8 if text[0] == "0" and len(text) > 1 else 10
        return int(text, base)
    except ValueError as error:
        raise SyntaxFault("arithmetic syntax error") from error
