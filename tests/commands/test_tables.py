"""Tables as kubectl prints them, and lines of logs as a terminal may have them."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.commands.log_lines import composed, shown, stamp
from kty.commands.tables import TablePrinter
from kty.kube.codecs import TableColumn
from kty.kube.objects import Row
from kty.text import is_printable

NAME, AGE, NODE = TableColumn("Name"), TableColumn("Age"), TableColumn("Node", priority=1)


def row(*cells: Any, namespace: str = "", name: str = "", created: float | None = None) -> Row:
    return Row(namespace, name, "", "", created, False, (), (), cells)


async def test_columns_are_as_wide_as_their_cells_and_three_more() -> None:
    printer = TablePrinter()
    assert await printer.lines((NAME, AGE, NODE), [row("a", "1d", "n"), row("a-long-name", "5m", "n")], 0) == [
        "NAME          AGE",
        "a             1d",
        "a-long-name   5m",
    ]
    assert await printer.lines((NAME, AGE, NODE), [row("b", "1s", "n")], 0) == ["b             1s"]


async def test_namespaces_kinds_and_the_wide_view() -> None:
    printer = TablePrinter(wide=True, namespaces=True, kind="pod")
    assert await printer.lines((NAME, NODE), [row("a", None, namespace="ns"), row("b", 7, namespace="")], 0) == [
        "NAMESPACE   NAME    NODE",
        "ns          pod/a   ",
        "            pod/b   7",
    ]


async def test_other_columns_get_a_heading_of_their_own() -> None:
    printer = TablePrinter()
    await printer.lines((NAME,), [row("a")], 0)
    assert await printer.lines((NAME, AGE), [row("a", "1s")], 0) == ["NAME   AGE", "a      1s"]


async def test_what_the_server_makes_no_table_of_has_a_name_and_an_age() -> None:
    assert await TablePrinter().lines((), [row(name="a", created=40.0), row(name="b")], 100.0) == [
        "NAME   AGE",
        "a      60s",
        "b      <unknown>",
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (True, "true"), (3, "3"), (0.5, "0.5"), ("a\nb", "a..."), ("a\x1b[2Jb", "a\\x1b[2Jb"), ("", "")],
)
async def test_a_cell_is_one_line_that_no_terminal_obeys(cell: Any, text: str) -> None:
    assert (await TablePrinter().lines((NAME,), [row(cell)], 0))[1] == text


@given(st.binary())
def test_of_a_line_a_terminal_gets_colours_and_tabs_at_most(line: bytes) -> None:
    text = shown(line).decode()
    for kept in ("\x1b[0m", "\t"):
        text = text.replace(kept, "")
    assert is_printable(re.sub(r"\x1b\[[0-9;:]*m", "", text))


def test_lines_are_put_together() -> None:
    assert composed([b"a", b"", b"\x1b[2J"], is_safe=False) == b"a\n\n\x1b[2J\n"
    assert composed([b"\x1b[1ma\r", b"b"], is_safe=True, prefix=b"[p/c] ") == b"[p/c] \x1b[1ma\x1b[0m\n[p/c] b\n"
    assert composed([b"a", b"b"], times=[1_764_108_822_000_000_005, 0], is_safe=False) == (
        b"2025-11-25T22:13:42.000000005Z a\nb\n"
    )
    assert stamp(0) == b"1970-01-01T00:00:00.000000000Z"
