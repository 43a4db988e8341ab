from hypothesis import given
from hypothesis import strategies as st

from kty.kube.objects import Row
from kty.text import printable
from kty.views.ages import AGE
from kty.views.fields import fields, fold, haystack
from kty.views.view import Column

STATUS = Column("Status", lambda obj: obj)
NODE = Column("Node", lambda obj: obj, wide=True)
MADE = 1_000_000.0


def row(*cells: object, name: str = "web-1") -> Row:
    return Row("shop", name, "uid", "1", MADE, False, (), (), cells)


def test_every_list_begins_with_the_name_and_where_asked_with_the_namespace() -> None:
    assert [field.column.title for field in fields((STATUS,))] == ["Name", "Status"]
    assert [field.text(row("Ready"), 0) for field in fields((STATUS,), namespaces=True)] == ["shop", "web-1", "Ready"]


def test_wide_columns_are_there_but_shown_only_when_asked_for() -> None:
    assert [field.shown for field in fields((STATUS, NODE))] == [True, True, False]
    assert [field.shown for field in fields((STATUS, NODE), wide=True)] == [True, True, True]


def test_what_a_cell_shows_is_printable() -> None:
    (_, status) = fields((STATUS,))
    assert status.text(row("a\x1b[2Jb"), 0) == "a\\x1b[2Jb"


def test_a_row_that_is_too_short_shows_nothing_in_the_columns_it_lacks() -> None:
    (_, status) = fields((STATUS,))
    assert status.text(row(), 0) == ""
    assert status.sort_key(row()) is None


def test_moments_sort_newest_first_and_all_else_as_it_compares() -> None:
    (name, status, age) = fields((STATUS, AGE))
    old, new = row("b", MADE), row("a", MADE + 60)
    assert age.sort_key(new) < age.sort_key(old)
    assert status.sort_key(new) < status.sort_key(old)
    assert name.sort_key(new) == "web-1"
    assert age.sort_key(row("a", None)) is None


def test_a_haystack_has_what_is_shown_and_does_not_tick() -> None:
    text = haystack(fields((STATUS, NODE, AGE), namespaces=True))
    assert text(row("CrashLoop", "worker", MADE)) == "shop\nweb-1\ncrashloop"
    assert haystack(fields((STATUS, NODE, AGE), wide=True))(row("Up", "worker", MADE)) == "web-1\nup\nworker"


def test_a_moment_that_never_was_does_not_tick() -> None:
    assert haystack(fields((AGE,)))(row(None)) == "web-1\n<unknown>"


def test_a_haystack_shows_what_is_invisible_as_cells_do() -> None:
    (_, status) = columns = fields((STATUS,))
    for text in ("a\u200bb", "a\U000e0100b", "a\nb"):
        assert haystack(columns)(row(text)) == f"web-1\n{fold(status.text(row(text), 0))}"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_haystack_is_made_of_the_printable_cells(texts: list[str]) -> None:
    columns = [Column(f"C{at}", lambda obj: obj) for at, _ in enumerate(texts)]
    found = haystack(fields(columns))(row(*texts))
    assert found.split("\n") == ["web-1", *[fold(printable(text)) for text in texts]]


@given(st.text(), st.text())
def test_folding_keeps_every_offset(before: str, after: str) -> None:
    assert len(fold(before)) == len(before)
    assert fold(before + after) == fold(before) + fold(after)
    assert fold(fold(before)) == fold(before)


def test_folding_makes_letters_small_where_that_keeps_the_length() -> None:
    assert fold("WEB Ä Σ") == "web ä σ"
    assert fold("İX") == "İx"
