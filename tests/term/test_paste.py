"""However a stream is cut, a paste in it is cut at the limit and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from kty.term.paste import END, START, PasteLimit

PIECES = st.lists(st.sampled_from(["a", "é", "\x1b", "\x1b[", "\x1b[20", "[A", "0~", "1~", START, END, "x" * 9]))


@given(PIECES, st.data())
def test_where_the_stream_is_cut_makes_no_difference(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    whole = PasteLimit(4)
    cut = PasteLimit(4)
    expected = whole(text) + whole(END)
    at = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    parts = [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]
    assert "".join(cut(part) for part in parts) + cut(END) == expected


@given(st.text().filter(lambda text: START not in text))
def test_what_is_typed_passes(text: str) -> None:
    assert PasteLimit(0)(text) == text


def test_a_paste_below_the_limit_passes_whole() -> None:
    assert PasteLimit(5)(f"a{START}12345{END}b") == f"a{START}12345{END}b"


def test_a_paste_beyond_the_limit_is_cut() -> None:
    limit = PasteLimit(5)
    assert limit(f"{START}1234567{END}{START}1234567{END}b") == f"{START}12345{END}{START}12345{END}b"


def test_a_paste_without_an_end_is_not_kept() -> None:
    limit = PasteLimit(5)
    assert limit(START + "x" * 10) == START + "xxxxx"
    assert all(limit("x" * 1000) == "" for _ in range(10))


def test_an_escape_within_a_paste_starts_no_key() -> None:
    assert PasteLimit(9)(f"{START}1\x1b[A{END}") == f"{START}1[A{END}"
