"""Fitting text into cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kty.widgets.cells import fit, size

texts = st.text(st.sampled_from("ab-0 é日本語한🎉❤\ufe0f\u0301…"), max_size=24)


def test_a_short_text_is_padded() -> None:
    assert fit("web", 5).text == "web  "


def test_a_number_ends_at_the_right() -> None:
    fitted = fit("12", 5, right=True)
    assert fitted.text == "   12"
    assert fitted.place(0) == 3


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert fit("CrashLoopBackOff", 10).text == "CrashLoop…"


def test_a_long_name_keeps_its_end() -> None:
    assert fit("web-frontend-7d9f8b6c5d-x2x4z", 16, middle=True).text == "web-front…-x2x4z"


def test_a_wide_character_is_never_halved() -> None:
    assert fit("日本語", 4).text == "日… "
    assert fit("日本語", 5).text == "日本…"


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert fit("e\u0301e\u0301e\u0301", 2).text == "e\u0301…"


@given(texts, st.integers(0, 30), st.booleans(), st.booleans())
def test_it_always_takes_the_cells_it_was_given(text: str, room: int, right: bool, middle: bool) -> None:
    assert cell_len(fit(text, room, right=right, middle=middle).text) == room


@given(texts, st.integers(1, 30), st.booleans(), st.booleans())
def test_every_character_is_found_where_it_stands_or_at_the_ellipsis(
    text: str, room: int, right: bool, middle: bool
) -> None:
    fitted = fit(text, room, right=right, middle=middle)
    for index, character in enumerate(text):
        cut = fitted.cut[0] <= index < fitted.cut[1]
        assert fitted.text[fitted.place(index)] == ("…" if cut else character)


@given(texts)
def test_plain_text_is_measured_like_any_other(text: str) -> None:
    assert size(text) == cell_len(text)
