from kty.text import is_printable
from kty.views.describing import Block, Entry, Moment, Part, Piece, Prose, Table, entries, entry, section
from kty.views.laid_out import Layout, unbroken
from tests.views.showing import NOW

NOW_MINUS_MINUTE = NOW - 60


def laid(*parts: Part, width: int = 60, now: float = NOW) -> list[str]:
    lines = Layout().lines(parts, width=width, now=now)
    return ["".join([span.text for span in line]) for line in lines]


def test_values_stand_beneath_each_other() -> None:
    assert laid(entry("Name", "web"), entries("Labels", ["a=b", "c=d"]), Entry("Bare")) == [
        "Name:    web",
        "Labels:  a=b",
        "         c=d",
        "Bare:",
    ]


def test_what_is_beneath_is_indented_and_aligned_by_itself() -> None:
    parts = section("Containers", [Entry("main", parts=(entry("Image", "a"), entry("Restart Count", 3)))])
    assert laid(parts, entry("X", 1)) == [
        "Containers:",
        "  main:",
        "    Image:          a",
        "    Restart Count:  3",
        "X:  1",
    ]


def test_a_long_name_moves_no_other_value() -> None:
    assert laid(entry("A", 1), entry("B" * 30, 2)) == ["A:  1", f"{'B' * 30}:  2"]


def test_nothing_is_said_to_be_none() -> None:
    assert laid(entry("A", None), entries("B", []), section("C", [])) == ["A:  <none>", "B:  <none>", "C:  <none>"]


TEXT = "one two three four five six seven eight nine ten eleven"


def test_values_are_broken_between_words_and_go_on_where_they_began() -> None:
    assert laid(entries("M", [TEXT, "x"]), width=40) == [
        "M:  one two three four five six seven",
        "    eight nine ten eleven",
        "    x",
    ]
    assert laid(Prose(TEXT), width=40) == ["one two three four five six seven eight", "nine ten eleven"]


def test_what_has_no_blanks_is_broken_behind_a_comma_else_where_the_line_ends() -> None:
    assert laid(entry("M", "app=web," * 5), width=40) == ["M:  app=web,app=web,app=web,app=web,", "    app=web,"]
    assert laid(entry("M", "a " + "b" * 40), width=40) == ["M:  a", f"    {'b' * 36}", "    bbbb"]


def test_where_a_name_leaves_no_room_its_value_stands_beneath() -> None:
    assert laid(entry("A" * 20, TEXT), entry("B" * 20, "short"), width=40) == [
        f"{'A' * 20}:",
        "    one two three four five six seven",
        "    eight nine ten eleven",
        f"{'B' * 20}:  short",
    ]


def test_unbroken_it_is_as_wide_as_it_needs() -> None:
    long = "word " * 30_000 + "end"
    assert unbroken((entry("M", long),), NOW) == f"M:  {long}"


TABLE = Table(
    ("Type", "Age", "Message"),
    (
        ("Normal", Moment(NOW_MINUS_MINUTE, brief=True), "short"),
        ("Warning", "5m", "a message of many words, which is long"),
    ),
)


def test_a_table_is_aligned_and_its_last_column_broken_where_there_is_room() -> None:
    assert laid(Entry("Events", parts=(TABLE,)), width=51) == [
        "Events:",
        "  Type     Age  Message",
        "  Normal   60s  short",
        "  Warning  5m   a message of many words, which is",
        "                long",
    ]


def test_where_there_is_no_room_the_last_column_stands_beneath_its_row() -> None:
    assert [line.rstrip() for line in laid(Entry("Events", parts=(TABLE,)), width=40)] == [
        "Events:",
        "  Type     Age  Message",
        "  Normal   60s",
        "      short",
        "  Warning  5m",
        "      a message of many words, which is",
        "      long",
    ]


def test_time_passes() -> None:
    parts = (Entry("At", (Moment(NOW_MINUS_MINUTE),)),)
    assert laid(*parts) == ["At:  2026-01-02 03:04:00 UTC (60s)"]
    assert laid(*parts, now=NOW + 5) == ["At:  2026-01-02 03:04:00 UTC (65s)"]


def test_blocks_are_line_by_line_and_laid_out_once() -> None:
    layout, block = Layout(), Block("one\n\ttwo\r\n\n")
    description = (Entry("text", parts=(block,)),)
    first = layout.lines(description, width=60, now=NOW)
    assert ["".join([span.text for span in line]) for line in first] == ["text:", "  one", "      two\\x0d", "  "]
    again = layout.lines(description, width=40, now=NOW + 1)
    assert all(line is before for line, before in zip(again[1:], first[1:], strict=True))


def test_everything_is_printable() -> None:
    odd = "\x1b[2J\u202e\x07"
    parts = (
        entry(odd, odd),
        Prose(odd),
        Block(odd),
        Table((odd, odd), ((odd, Piece(odd)),)),
        Entry("a", (odd + "\n" + odd,)),
    )
    for line in laid(*parts):
        assert is_printable(line)
