"""However a stream is cut, pastes are told from keys, and each is cut at the limit."""

from hypothesis import given
from hypothesis import strategies as st

from kty.term.paste import END, START, Paste, Pastes

PIECES = st.lists(st.sampled_from(["a", "é", "\x1b", "\x1b[", "\x1b[20", "[A", "0~", "1~", START, END, "x" * 9]))


def read(pastes: Pastes, *parts: str) -> tuple[str, list[Paste]]:
    """Return all that was typed, and all that was pasted."""
    found = [each for part in parts for each in pastes(part)]
    assert all(found), "an empty text is the end of all input to Textual's parser"
    typed = "".join(each for each in found if isinstance(each, str))
    return typed, [each for each in found if isinstance(each, Paste)]


@given(PIECES, st.data())
def test_where_the_stream_is_cut_makes_no_difference(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    at = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    parts = [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]
    whole, cut = Pastes(4), Pastes(4)
    assert read(cut, *parts, END) == read(whole, text, END)
    assert cut.give_back() == whole.give_back()


@given(st.lists(st.text().filter(lambda text: START not in text)))
def test_what_is_typed_passes(texts: list[str]) -> None:
    pastes = Pastes(0)
    if START in "".join(texts):
        return
    assert read(pastes, *texts)[0] + pastes.give_back() == "".join(texts)


def test_a_paste_is_one_thing_between_keys() -> None:
    pastes = Pastes(5)
    assert [*pastes(f"a{START}12345{END}b")] == ["a", Paste("12345", False), "b"]


def test_a_paste_beyond_the_limit_is_cut_and_says_so() -> None:
    assert read(Pastes(5), f"{START}1234567{END}{START}12{END}b") == ("b", [Paste("12345", True), Paste("12", False)])


def test_a_paste_without_an_end_is_kept_up_to_the_limit_only() -> None:
    pastes = Pastes(5)
    assert all([*pastes(part)] == [] for part in (START, *["x" * 1000] * 10))
    assert sum(map(len, pastes._body)) == 5
    assert read(pastes, f"{END}a") == ("a", [Paste("xxxxx", True)])


def test_an_escape_within_a_paste_starts_no_key() -> None:
    assert read(Pastes(9), f"{START}1\x1b[A\x00{END}") == ("", [Paste("1[A", False)])


def test_what_may_begin_a_paste_is_given_back_where_it_begins_none() -> None:
    pastes = Pastes()
    assert [*pastes("a\x1b")] == ["a"]
    assert (pastes.held, pastes.give_back(), pastes.held) == ("\x1b", "\x1b", "")
    assert [*pastes("[200~")] == ["[200~"]
