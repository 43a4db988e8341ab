"""test and [: is it so?"""

from collections.abc import Callable
from typing import Final

from kty.demo.pods.files import Device, Directory, File, Link, Made, Node
from kty.demo.pods.machine import Process
from kty.demo.pods.programs.listing import size

_NUMBERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_TEXTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}
_FILES: Final[dict[str, Callable[[Node], bool]]] = {
    "-L": lambda node: isinstance(node, Link),
    "-c": lambda node: isinstance(node, Device),
    "-d": lambda node: isinstance(node, Directory),
    "-e": lambda node: True,
    "-f": lambda node: isinstance(node, File | Made),
    "-h": lambda node: isinstance(node, Link),
    "-r": lambda node: True,
    "-s": lambda node: size(node) > 0,
    "-w": lambda node: True,
    "-x": lambda node: bool(node.mode & 0o111),
}


class _Mistake(Exception):
    """An expression that cannot be read."""


async def test(process: Process) -> int:
    words = list(process.arguments)
    if process.name == "[" and (not words or words.pop() != "]"):
        await process.stderr.write(b"sh: missing ]\n")
        return 2
    try:
        reader = _Reader(process, words)
        holds = bool(words) and reader.either()
        if reader.words:
            raise _Mistake(f"{reader.words[0]}: unknown operand")
    except _Mistake as mistake:
        await process.stderr.write(f"sh: {mistake}\n".encode())
        return 2
    return 0 if holds else 1


class _Reader:
    """Takes one word after the other."""

    def __init__(self, process: Process, words: list[str]) -> None:
        self._process = process
        self.words = words

    def either(self) -> bool:
        holds = self._both()
        while self.words[:1] == ["-o"]:
            self.words.pop(0)
            holds = self._both() or holds
        return holds

    def _both(self) -> bool:
        holds = self._not()
        while self.words[:1] == ["-a"]:
            self.words.pop(0)
            holds = self._not() and holds
        return holds

    def _not(self) -> bool:
        if self.words[:1] == ["!"] and len(self.words) > 1:
            self.words.pop(0)
            return not self._not()
        return self._one()

    def _one(self) -> bool:
        words = self.words
        if not words:
            raise _Mistake("argument expected")
        if len(words) >= 3 and (words[1] in _NUMBERS or words[1] in _TEXTS):
            left, operator, right = words[:3]
            del words[:3]
            if operator in _TEXTS:
                return _TEXTS[operator](left, right)
            return _NUMBERS[operator](_number(left), _number(right))
        if len(words) >= 2 and words[0] in ("-n", "-z"):
            operator, word = words.pop(0), words.pop(0)
            return bool(word) == (operator == "-n")
        if len(words) >= 2 and words[0] == "-t":
            del words[:2]
            return self._process.terminal is not None
        if len(words) >= 2 and words[0] in _FILES:
            operator, path = words.pop(0), words.pop(0)
            return self._is(operator, path)
        return bool(words.pop(0))

    def _is(self, operator: str, path: str) -> bool:
        try:
            node = self._process.files.find(path, self._process.cwd, follow=operator not in ("-L", "-h"))
        except OSError:
            return False
        return _FILES[operator](node)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _Mistake(f"{text}: bad number") from error
