"""Print tables as kubectl does (k8s.io/cli-runtime, pkg/printers): the server's cells, beneath its headings."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kty.kube.codecs import TableColumn
from kty.kube.objects import Row
from kty.runtime.paging import Breath
from kty.text import printable
from kty.views.ages import age

_NARROWEST, _GAP = 6, 3
_BREAK = re.compile("[\f\n\r]")
_PLAIN = (TableColumn("Name"), TableColumn("Age"))
"""What is printed of objects that the server makes no table of."""


class TablePrinter:
    """Lays out rows below each other; columns grow as rows come, and never shrink."""

    def __init__(self, *, wide: bool = False, namespaces: bool = False, kind: str = "") -> None:
        """`namespaces` begins lines with the object's namespace; `kind` stands before names: `pod/`."""
        self._wide = wide
        self._namespaces = namespaces
        self._kind = kind
        self._titles: list[str] = []
        self._widths: list[int] = []

    async def lines(self, columns: Sequence[TableColumn], rows: Iterable[Row], now: float) -> list[str]:
        """Return a line for each row, below the headings where these were not printed yet, or are others now."""
        shown = [at for at, each in enumerate(columns) if self._wide or not each.priority]
        heads = [columns[at].name for at in shown] if columns else [each.name for each in _PLAIN]
        titles = [*(["NAMESPACE"] if self._namespaces else []), *[printable(head).upper() for head in heads]]
        breath = Breath()
        grid: list[list[str]] = []
        for row in rows:
            grid.append(self._cells(row, shown, now))
            if breath.is_due():
                await breath.take()
        if titles != self._titles:
            self._titles, self._widths = titles, [0] * len(titles)
            grid.insert(0, titles)
        self._widths = [max([width, *[len(each[at]) for each in grid]]) for at, width in enumerate(self._widths)]
        return [self._line(cells) for cells in grid]

    def _cells(self, row: Row, shown: Sequence[int], now: float) -> list[str]:
        cells = [_text(row.cells[at] if at < len(row.cells) else None) for at in shown]
        if not shown:
            cells = [printable(row.name), "<unknown>" if row.created is None else age(now - row.created)]
        if self._kind:
            cells[0] = f"{self._kind}/{cells[0]}"
        return [printable(row.namespace), *cells] if self._namespaces else cells

    def _line(self, cells: Sequence[str]) -> str:
        *before, last = cells
        widths = [max(_NARROWEST, width + _GAP) for width in self._widths]
        return "".join([cell.ljust(width) for cell, width in zip(before, widths, strict=False)]) + last


def _text(cell: Any) -> str:
    """Return what a cell looks like on one line."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float():
            return f"{cell:g}"
        case str() if found := _BREAK.search(cell):
            return f"{printable(cell[: found.start()])}..."
    return printable(str(cell))
