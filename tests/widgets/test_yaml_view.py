"""YAML on a screen: what is seen, what keys and mouse do, and what changes look like."""

import asyncio
import math
from textwrap import dedent

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region

from kty.kube.manifest import to_yaml
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.widgets.yaml_view import SIDEWAYS, YamlView
from tests.kube.odd_strings import ODD
from tests.sitting import sitting_at

POD = dedent(
    """\
    kind: Pod
    metadata:
      labels:
        app: web
      name: web-1
    spec:
      containers:
      - name: web
        args:
        - |
          key: value
          # no comment
        image: web:1
      - name: proxy
        image: envoy
      restartPolicy: Always
    status:
      phase: Running
      ready: true
    """
)
LONG = "items:\n" + "".join(f"- name: item-{number}\n" for number in range(500))


class WatchedView(YamlView):
    """Notes which of its lines are painted again."""

    def __init__(self, marked: float) -> None:
        super().__init__(marked=marked)
        self.repainted: set[int] = set()
        self.painted = asyncio.Event()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "WatchedView":
        lines = [region.line_range for region in regions] if regions else [range(self.size.height)]
        self.repainted.update(y for line_range in lines for y in line_range)
        self.painted.set()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Looking:
    """Looks at a view."""

    def __init__(self, view: YamlView) -> None:
        self.view = view

    @property
    def lines(self) -> list[str]:
        """The text of every line, without the position mark."""
        return [self.view.render_line(y).text[:-1].rstrip() for y in range(self.view.size.height)]

    @property
    def texts(self) -> list[str]:
        """The text of every line that has one, without gutter and indentation."""
        return [line[3:].strip() for line in self.lines if line[3:].strip()]

    def y(self, text: str) -> int:
        """The first line on screen that has this text."""
        return next(y for y, line in enumerate(self.lines) if text in line)

    def style(self, x: int, y: int) -> Style:
        for segment in self.view.render_line(y):
            if x < segment.cell_length:
                return segment.style or Style()
            x -= segment.cell_length
        raise AssertionError("outside")

    def style_of(self, text: str) -> Style:
        """The style of the first character of this text."""
        y = self.y(text)
        return self.style(self.lines[y].index(text), y)

    @property
    def cursor(self) -> str:
        """The text of the line that has the cursor's look."""
        background = self.view.get_component_rich_style("yaml-view--cursor").bgcolor
        found = [y for y in range(self.view.size.height) if self.style(2, y).bgcolor == background]
        assert len(found) == 1, found
        return self.lines[found[0]][3:].strip()

    @property
    def marked(self) -> list[str]:
        """The texts of the lines that are marked as changed."""
        return [line[3:].strip() for line in self.lines if line.startswith("▎")]


class ViewApp(App[None]):
    """Shows one view, and keeps what it says of the search."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, text: str = POD, *, marked: float = math.inf) -> None:
        super().__init__()
        self.first_text = text
        self.view = WatchedView(marked)
        self.looking = Looking(self.view)
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.show(self.first_text)
        self.view.focus()

    def on_yaml_view_search_changed(self, event: YamlView.SearchChanged) -> None:
        self.said.append(event.found)


async def test_every_line_is_shown_with_a_mark_where_it_can_be_folded() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)):
        shown = [line[1:] for line in app.looking.lines]
        assert shown[:8] == [
            "  kind: Pod",
            "▾ metadata:",
            "▾   labels:",
            "      app: web",
            "    name: web-1",
            "▾ spec:",
            "▾   containers:",
            "▾   - name: web",
        ]
        assert shown[19:] == ["", "", ""]


async def test_words_look_different_by_what_they_are() -> None:
    app = ViewApp('a: text\nb: 1\nc: true\nd: |\n  body\ne: "x\\u202ey"\n# note\n')
    async with app.run_test(size=(40, 10)):
        colors = [app.looking.style_of(text).color for text in ("a", "text", "1", "body", "\\u202e", "# note")]
        assert len(set(colors)) == len(colors)


async def test_lines_of_a_literal_block_do_not_look_like_keys_and_comments() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)):
        looks = {app.looking.style_of(text) for text in ("key:", "value", "# no comment")}
        assert len(looks) == 1
        assert looks.isdisjoint({app.looking.style_of("image"), app.looking.style_of("Pod")})


async def test_characters_that_a_terminal_obeys_are_shown_as_escapes() -> None:
    app = ViewApp("a: \x1b[31m\u202e\nb: |\n  x\ty\n")
    async with app.run_test(size=(40, 4)):
        assert app.looking.texts == ["a: \\x1b[31m\\u202e", "b: |", "x   y"]


async def test_every_line_fills_its_width_whatever_it_holds() -> None:
    app = ViewApp(to_yaml({"odd": [*ODD, "漢字" * 40, "e\u0301" * 90]}))
    async with app.run_test(size=(30, 24)) as pilot:
        for _ in range(12):
            assert {app.view.render_line(y).cell_length for y in range(24)} == {30}
            await pilot.press("pagedown", "right")


async def test_keys_move_the_cursor_and_the_screen_follows() -> None:
    app = ViewApp(LONG)
    async with app.run_test(size=(40, 10)) as pilot:
        found = []
        for key in ("j", "down", "k", "pagedown", "pagedown", "pageup", "G", "k", "g", "up"):
            await pilot.press(key)
            found.append(app.view.cursor)
            assert app.looking.cursor == (LONG.split("\n")[app.view.cursor])
        assert found == [1, 2, 1, 10, 19, 10, 500, 499, 0, 0]


async def test_a_page_leaves_one_line_in_sight() -> None:
    app = ViewApp(LONG)
    async with app.run_test(size=(40, 10)) as pilot:
        last = app.looking.texts[-1]
        await pilot.press("pagedown")
        assert app.looking.texts[0] == last


async def test_moving_the_cursor_paints_two_lines() -> None:
    app = ViewApp(LONG)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        app.view.repainted.clear()
        await pilot.press("j", "j")
        assert app.view.repainted == {0, 1, 2}


async def test_a_long_line_is_scrolled_sideways_up_to_its_end() -> None:
    app = ViewApp("a: " + "".join(f"{number:04}" for number in range(20)) + "\nb: c\n")
    async with app.run_test(size=(44, 4)) as pilot:
        await pilot.press("l")
        assert app.looking.lines[0][3:] == "".join(f"{number:04}" for number in range(20))[SIDEWAYS - 3 :][:40]
        await pilot.press(*["right"] * 9)
        assert app.looking.lines[0].endswith("0019")
        assert len(app.looking.lines[0]) == 43
        await pilot.press(*["h"] * 9)
        assert app.looking.lines[0][3:].startswith("a: 0000")


async def test_the_first_line_is_shown_from_its_beginning() -> None:
    app = ViewApp("a: " + "0123456789" * 50 + "end\nb: c\n")
    async with app.run_test(size=(44, 4)) as pilot:
        app.view.search("end")
        assert not app.looking.lines[0][3:].startswith("a: ")
        await pilot.press("g")
        assert app.looking.lines[0][3:].startswith("a: 0123")


async def test_a_line_of_five_million_characters_is_shown_where_it_is_scrolled_to() -> None:
    app = ViewApp("a: " + "0123456789" * 500_000 + "end\n")
    async with app.run_test(size=(44, 4)) as pilot:
        assert app.looking.lines[0][3:] == ("a: " + "0123456789" * 4)[:40]
        await pilot.press("l")
        assert app.looking.lines[0][3:] == "5678901234" * 4
        assert app.view.search("9end") == 1
        assert "789end" in app.looking.lines[0]
        assert app.looking.style_of("9end") != app.looking.style_of("789end")


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_folding_shows_how_many_lines_are_hidden(key: str) -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.press("j", key)
        assert app.looking.lines[1][1:] == "▸ metadata: … 3 lines"
        assert app.looking.texts[2] == "spec:"
        await pilot.press(key)
        assert app.looking.lines[1][1:] == "▾ metadata:"
        assert app.looking.texts[2] == "labels:"


async def test_folding_inside_folds_what_the_line_belongs_to_and_the_cursor_goes_there() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.press("j", "j", "j", "space")
        assert app.looking.cursor == "labels: … 1 line"


async def test_all_is_folded_but_the_top_level_and_unfolded_again() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.press("z")
        assert "containers: … 8 lines" in app.looking.texts
        assert "phase: Running" in app.looking.texts
        await pilot.press("z")
        assert app.looking.texts == [line.strip() for line in POD.splitlines()]


async def test_a_click_on_the_mark_folds_and_one_on_the_text_moves_the_cursor() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.click(YamlView, offset=(1, 1))
        assert app.looking.texts[1] == "metadata: … 3 lines"
        await pilot.click(YamlView, offset=(1, 1))
        assert app.looking.texts[1] == "metadata:"
        await pilot.click(YamlView, offset=(8, 5))
        assert (app.looking.cursor, app.looking.texts[5]) == ("spec:", "spec:")
        await pilot.click(YamlView, offset=(8, 21))
        assert app.looking.cursor == "spec:"


async def test_a_double_click_folds() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.double_click(YamlView, offset=(8, 5))
        assert "spec: … 10 lines" in app.looking.texts


async def test_the_wheel_scrolls_and_the_cursor_stays_on_its_line_while_that_is_seen() -> None:
    app = ViewApp(LONG)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*"jjjj")
        await pilot._post_mouse_events([MouseScrollDown], YamlView, offset=(5, 5))
        assert (app.looking.texts[0], app.looking.cursor) == ("- name: item-2", "- name: item-3")
        await pilot._post_mouse_events([MouseScrollDown], YamlView, offset=(5, 5))
        assert app.looking.texts[0] == app.looking.cursor == "- name: item-5"


async def test_a_search_goes_to_the_first_match_and_says_how_many_there_are() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        assert app.view.search("we") == 4
        await pilot.pause()
        assert (app.view.found, app.said, app.looking.cursor) == ("1/4", ["1/4"], "app: web")
        await pilot.press("n", "n", "n", "n", "N")
        assert app.said == ["1/4", "2/4", "3/4", "4/4", "1/4", "4/4"]
        assert app.looking.cursor == "image: web:1"
        assert app.view.search("") == 0
        await pilot.pause()
        assert (app.view.found, app.said[-1], app.looking.cursor) == ("", "", "image: web:1")


async def test_the_current_match_looks_different_from_the_others_and_they_from_plain_text() -> None:
    app = ViewApp("a: web\nb: web\nc: wep\n")
    async with app.run_test(size=(40, 4)) as pilot:
        await pilot.press("G")
        app.view.search("web")
        app.view.next_match()
        looks = [app.looking.style(6, y) for y in (0, 2)] + [app.looking.style_of("web")]
        assert app.looking.cursor == "b: web"
        current, other, plain = app.looking.style(6, 1), app.looking.style(6, 0), app.looking.style(6, 2)
        assert len({current, other, plain}) == 3, looks
        assert app.looking.style(3, 0) == app.looking.style(3, 2)


async def test_matches_that_are_folded_away_are_counted_and_unfolded_when_they_are_reached() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.press("z")
        app.view.search("image")
        assert app.looking.cursor == "image: web:1"
        await pilot.press("g", "z", "z")
        assert "containers: … 8 lines, 2 matches" in app.looking.texts
        await pilot.press("n")
        assert app.looking.cursor == "image: web:1"


async def test_a_match_far_away_is_scrolled_to() -> None:
    app = ViewApp(LONG + "z: " + "-" * 200 + "there\n")
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.search("item-300")
        assert app.looking.cursor == "- name: item-300"
        assert 0 < app.looking.y("item-300") < 9
        app.view.search("there")
        assert "there" in app.looking.lines[-1]
        await pilot.press("g")
        app.view.search("items")
        assert app.looking.cursor == "items:"


async def test_a_change_keeps_cursor_and_screen_and_marks_what_is_new() -> None:
    app = ViewApp(POD)
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("G", "k")
        before = app.looking.texts
        app.view.show(POD.replace("  name: web-1\n", "  name: web-1\n  uid: x\n").replace("Running", "Failed"))
        assert app.looking.cursor == "phase: Failed"
        assert app.looking.texts == [text.replace("Running", "Failed") for text in before]
        assert app.looking.marked == ["phase: Failed"]
        await pilot.press("g", *"jjjj")
        assert app.looking.marked == ["uid: x"]
        plain, marked = app.looking.style_of("name: web-1"), app.looking.style_of("uid")
        assert (plain.color, plain.bgcolor) != (marked.color, marked.bgcolor)


async def test_a_change_that_is_folded_away_marks_the_line_that_hides_it() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.press("j", "space")
        app.view.show(POD.replace("app: web", "app: api"))
        assert app.looking.marked == ["metadata: … 3 lines"]


async def test_marks_last_until_the_next_change() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)):
        assert app.looking.marked == []
        app.view.show(POD.replace("Running", "Failed"))
        app.view.show(POD.replace("Running", "Failed"))
        assert app.looking.marked == ["phase: Failed"]
        app.view.show(POD.replace("true", "false"))
        assert app.looking.marked == ["phase: Running", "ready: false"]


async def test_marks_end_after_their_time() -> None:
    app = ViewApp(marked=0.01)
    async with app.run_test(size=(40, 22)):
        app.view.show(POD.replace("Running", "Failed"))
        assert app.looking.marked == ["phase: Failed"]
        while app.looking.marked:
            await app.view.painted.wait()
            app.view.painted.clear()


async def test_a_change_that_a_person_asked_for_marks_nothing() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)):
        app.view.show(POD.replace("  name: web-1\n", "  name: web-1\n  managedFields: []\n"), mark=False)
        assert "managedFields: []" in app.looking.texts
        assert app.looking.marked == []


async def test_a_search_goes_on_through_changes() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        app.view.search("web")
        app.view.next_match()
        app.view.show(POD.replace("kind: Pod\n", "kind: Pod\nweb: 1\n"))
        await pilot.pause()
        assert (app.view.found, app.said) == ("3/5", ["1/4", "2/4", "3/5"])
        assert app.looking.cursor == "name: web-1"


async def test_a_change_paints_only_the_lines_that_look_different() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        await pilot.pause()
        app.view.repainted.clear()
        app.view.show(POD.replace("Running", "Failed"))
        assert app.view.repainted == {app.looking.y("phase")}


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (4, 1), (60, 15)])
async def test_it_fits_any_terminal(size: tuple[int, int]) -> None:
    app = ViewApp(LONG)
    async with app.run_test(size=size) as pilot:
        app.view.search("item-7")
        await pilot.press("j", "l", "z", "G", "pageup", "N")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert {app.view.render_line(y).cell_length for y in range(24)} == {80}
        assert len(app.looking.texts) > 1


async def test_another_theme_repaints_everything() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 22)) as pilot:
        dark = app.looking.style_of("kind")
        app.theme = "textual-light"
        await pilot.pause()
        assert app.looking.style_of("kind") != dark


async def test_a_text_of_nothing_is_shown_as_nothing() -> None:
    app = ViewApp("")
    async with app.run_test(size=(40, 4)) as pilot:
        await pilot.press("j", "space", "z", "n", "l", "G")
        assert app.looking.texts == []


class MonochromeApp(TerminalApp[None]):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.view = YamlView(POD, marked=math.inf)

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {}])
async def test_cursor_and_matches_are_seen_without_colors_and_with_few(env: dict[str, str]) -> None:
    async with sitting_at(MonochromeApp, size=(40, 22), name="xterm", env=env) as me:
        looking = Looking(me.app.view)
        me.app.view.search("image")
        current, plain = looking.style_of("image: web"), looking.style_of("key:")
        other = looking.style_of("image: envoy")
        assert len({current, other, plain}) == 3
        line = looking.style(30, looking.y("image: web"))
        assert line != looking.style(30, looking.y("image: envoy"))
        assert (current.reverse, current.bgcolor) != (line.reverse, line.bgcolor)


async def test_a_reversed_cursor_line_has_one_color() -> None:
    async with sitting_at(MonochromeApp, size=(40, 22), name="xterm") as me:
        looking = Looking(me.app.view)
        me.app.theme = "nord"
        await me.until(lambda: looking.style(30, 0).reverse, "a reversed line")
        assert {looking.style(x, 0).color for x in range(3, 39)} == {looking.style(30, 0).color}
        assert looking.style_of("phase").color != looking.style_of("Running").color
