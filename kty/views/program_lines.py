"""A program and its arguments, as a person types them: words as a shell reads them, and nothing else of a shell."""

import shlex
from collections.abc import Sequence

from kty.errors import UsageError

OFFERED = 20
"""How many of the lines that were typed before are offered."""


def read_program(line: str) -> tuple[str, ...]:
    """Return the words. Raises UsageError where a quote or a backslash stands alone."""
    try:
        return tuple(shlex.split(line))
    except ValueError as error:
        if "quotation" in str(error):
            raise UsageError("a quote has no other half") from None
        raise UsageError("there is nothing behind the last backslash") from None


def typed_before(text: str, lines: Sequence[str]) -> list[str]:
    """Return the lines that have this text in them, the latest first."""
    return [line for line in reversed(lines) if text.strip() in line][:OFFERED]
