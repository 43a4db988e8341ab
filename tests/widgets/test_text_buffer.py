"""A text that is edited: whatever is done to it, it is the text that a plain string would be, and can be undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.widgets import text_buffer
from kty.widgets.cleaning import cleaned
from kty.widgets.text_buffer import Place, TextBuffer

TEXTS = st.text(st.sampled_from("ab \n-é日"), max_size=12)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), TEXTS),
        st.tuples(st.just("type"), st.sampled_from("ab é")),
        st.tuples(st.just("delete"), st.sampled_from([-1, 1, 3])),
        st.tuples(st.just("move"), st.tuples(st.integers(-1, 8), st.integers(-1, 12), st.booleans())),
        st.tuples(st.just("indent"), st.sampled_from([-1, 1])),
        st.tuples(st.just("all"), TEXTS),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("redo"), st.none()),
    ),
    max_size=25,
)


def index(buffer: TextBuffer, place: Place) -> int:
    return sum(len(line) + 1 for line in buffer.lines[: place.line]) + place.column


@given(TEXTS, STEPS)
def test_every_change_can_be_undone_and_done_again(text: str, steps: list[tuple[str, object]]) -> None:
    buffer = TextBuffer(text)
    for step, value in steps:
        match step, value:
            case "insert", str(value):
                start, end = buffer.chosen or (buffer.cursor, buffer.cursor)
                before = buffer.text
                expected = before[: index(buffer, start)] + value + before[index(buffer, end) :]
                buffer.insert(value)
                assert buffer.text == expected
            case "type", str(value):
                buffer.insert(value, "typed")
            case "delete", int(value):
                buffer.delete(value)
            case "move", (int(line), int(column), bool(choose)):
                buffer.move(Place(line, column), choose=choose)
            case "indent", int(value):
                buffer.indent(value)
            case "all", str(value):
                buffer.replace_all(value)
                assert buffer.text == value
            case "undo", _:
                buffer.undo()
            case "redo", _:
                buffer.redo()
        assert buffer.lines
        assert 0 <= buffer.cursor.line < len(buffer.lines)
        assert 0 <= buffer.cursor.column <= len(buffer.lines[buffer.cursor.line])
        assert buffer.is_changed == (buffer.text != text)
    last = buffer.text
    undone = 0
    while buffer.undo():
        undone += 1
    assert buffer.text == text
    for _ in range(undone):
        assert buffer.redo()
    assert buffer.text == last


def test_what_is_typed_in_one_go_is_undone_in_one_go() -> None:
    buffer = TextBuffer("a: ")
    buffer.move(buffer.end)
    for char in "word":
        buffer.insert(char, "typed")
    buffer.move(buffer.cursor)
    for char in "er":
        buffer.insert(char, "typed")
    for _ in range(3):
        buffer.delete(-1)
    assert buffer.text == "a: wor"
    seen = []
    while buffer.undo():
        seen.append(buffer.text)
    assert seen == ["a: worder", "a: word", "a: "]


def test_a_line_begins_below_the_one_before_and_spaces_go_by_levels() -> None:
    buffer = TextBuffer("a:\n    b: c")
    buffer.move(buffer.end)
    buffer.new_line()
    assert buffer.text == "a:\n    b: c\n    "
    buffer.delete(-1)
    assert buffer.lines[-1] == "  "
    buffer.insert("x")
    buffer.delete(-1)
    assert buffer.lines[-1] == "  "


def test_lines_that_are_chosen_move_by_levels_together() -> None:
    buffer = TextBuffer("a:\n  b\n\n c\nd")
    buffer.move(Place(1, 1))
    buffer.move(Place(4, 0), choose=True)
    buffer.indent(1)
    assert buffer.text == "a:\n    b\n\n   c\nd"
    buffer.indent(-1)
    buffer.indent(-1)
    assert buffer.text == "a:\nb\n\nc\nd"


def test_a_letter_and_its_marks_are_one() -> None:
    buffer = TextBuffer("e\u0301a")
    assert buffer.beside(Place(0, 0), 1) == Place(0, 2)
    assert buffer.beside(Place(0, 2), -1) == Place(0, 0)
    assert TextBuffer("\u0301").beside(Place(0, 1), -1) == Place(0, 0)


@pytest.mark.parametrize(
    ("column", "way", "to"), [(0, 1, (0, 3)), (3, 1, (0, 4)), (6, 1, (1, 0)), (6, -1, (0, 5)), (5, -1, (0, 3))]
)
def test_words_end_where_signs_begin(column: int, way: int, to: tuple[int, int]) -> None:
    buffer = TextBuffer("key: a\nnext")
    buffer.move(Place(0, column))
    assert buffer.word(way) == to


def test_home_is_where_the_text_begins_and_then_where_the_line_does() -> None:
    buffer = TextBuffer("  key")
    buffer.move(buffer.end)
    for column in (2, 0, 2):
        buffer.move(buffer.home())
        assert buffer.cursor == (0, column)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc\n", ("a\nb\nc\n", 0, 0)),
        ("\ta\tb", ("  a  b", 2, 0)),
        ("a\x1b[2Jb\u202e\u2028", ("a\\x1b[2Jb\\u202e\\u2028", 0, 3)),
        ("日本 é", ("日本 é", 0, 0)),
    ],
)
def test_what_comes_from_elsewhere_has_nothing_in_it_that_is_not_seen(text: str, clean: tuple[str, int, int]) -> None:
    assert cleaned(text) == clean


def test_what_can_be_undone_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_buffer, "MOST_KEPT", 100)
    buffer = TextBuffer()
    for _ in range(50):
        buffer.insert("x" * 30)
    undone = 0
    while buffer.undo():
        undone += 1
    assert undone == 3
