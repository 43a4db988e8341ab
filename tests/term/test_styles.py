"""Style sheets are read once for all apps; what one person's theme makes of them is no other's."""

from typing import Any

import pytest
from textual.css import stylesheet
from textual.css.stylesheet import StylesheetParseError
from textual.theme import Theme

from kty.term.styles import SharedStylesheet
from kty.term.terminal import Terminal
from tests.sitting import sitting_at
from tests.term.apps import Colorful, Form


class Read:
    """Counts what Textual parses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pieces: list[str] = []
        parse = vars(stylesheet)["parse"]

        def counting(scope: str, css: str, *args: Any, **more: Any) -> Any:
            self.pieces.append(css)
            return parse(scope, css, *args, **more)

        monkeypatch.setattr(stylesheet, "parse", counting)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    return Read(monkeypatch)


async def test_what_one_app_read_no_other_reads_again(read: Read) -> None:
    mine = Theme("mine", primary="#102030", foreground="#908070")  # nobody else's: nothing of it was read yet

    def form(terminal: Terminal) -> Form:
        app = Form(terminal)
        app.register_theme(mine)
        app.theme = "mine"
        return app

    async with sitting_at(form) as me:
        await me.sees("nothing submitted")
        assert any("Input" in css for css in read.pieces)
        rules = me.app.stylesheet.rules
    read.pieces.clear()
    async with sitting_at(form) as me:
        await me.sees("nothing submitted")
        assert [*map(id, me.app.stylesheet.rules)] == [*map(id, rules)]
    assert not read.pieces


async def test_another_theme_is_read_for_itself_and_changes_nobody_elses(read: Read) -> None:
    async with sitting_at(Colorful) as you, sitting_at(Colorful) as me:
        before = you.app.screen.styles.background
        read.pieces.clear()
        me.app.theme = "solarized-light"
        await me.until(lambda: me.app.screen.styles.background != before)
        assert read.pieces
        you.app.refresh_css()
        await you.rests()
        assert you.app.screen.styles.background == before
        me.app.theme = you.app.theme
        await me.until(lambda: me.app.screen.styles.background == before)


def test_a_broken_sheet_leaves_the_rules_as_they_were() -> None:
    sheet = SharedStylesheet({"color": "red"})
    sheet.add_source("Input { color: $color; }", read_from=("here", "good"))
    (rule,) = sheet.rules
    sheet.add_source("Input { colour: $color; }", read_from=("here", "bad"))
    for read_anew in (sheet.parse, SharedStylesheet.reparse.__get__(sheet)):
        sheet._invalid_css.clear()
        with pytest.raises(StylesheetParseError):
            read_anew()
        assert sheet._rules == [rule]


def test_the_same_words_with_other_variables_are_other_rules() -> None:
    sheets = [SharedStylesheet({"color": color}) for color in ("red", "blue")]
    for sheet in sheets:
        sheet.add_source("Input { color: $color; }", read_from=("here", "both"))
    assert [str(sheet.rules[0].styles.color.hex) for sheet in sheets] == ["#FF0000", "#0000FF"]
    sheets[0].set_variables({"color": "blue"})
    sheets[0].reparse()
    assert sheets[0].rules[0] is sheets[1].rules[0]
