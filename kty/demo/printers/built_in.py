"""The columns of every built-in kind, by Resource.id."""

from typing import Final

from kty.demo.printers.printer import Printer

PRINTERS: Final[dict[str, tuple[Printer, ...]]] = {}
