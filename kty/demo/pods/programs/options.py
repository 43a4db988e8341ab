"""The options of a program's command line."""

from typing import NamedTuple

from kty.demo.pods.machine import Usage


class Options(NamedTuple):
    """What was given: letters that stand alone, letters with a value, and the operands after them."""

    flags: set[str]
    values: dict[str, str]
    operands: list[str]


def read(arguments: list[str], flags: str, values: str = "", *, stop: bool = False) -> Options:
    """Read short options as getopt(3) does; with `stop` only those before the first operand. Raises Usage."""
    found = Options(set(), {}, [])
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            found.operands.extend(rest)
            break
        if not argument.startswith("-") or argument == "-":
            found.operands.append(argument)
            if stop:
                found.operands.extend(rest)
                break
            continue
        letters = argument[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in values:
                if not letters and not rest:
                    raise Usage(f"option requires an argument -- '{letter}'")
                found.values[letter] = letters or rest.pop(0)
                break
            if letter not in flags:
                raise Usage(f"unrecognized option: {letter}" if letter != "-" else f"unrecognized option: {argument}")
            found.flags.add(letter)
    return found


def number(text: str) -> int | None:
    """Read a count such as 12 or 4k; None for anything else."""
    units = {"k": 1024, "K": 1024, "m": 1 << 20, "M": 1 << 20, "g": 1 << 30, "G": 1 << 30, "b": 512}
    size = units.get(text[-1:], 1)
    digits = text[:-1] if size > 1 else text
    return int(digits) * size if digits.isdecimal() else None
