"""Trees as a person sees them, and moves along them."""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kty.widgets.lines import Heading, Line
from kty.widgets.tree_lines import Branch, TreeLines
from kty.widgets.tree_table import TreeTable

FOREST = (
    Branch("a", (Branch("a1", (Branch("a1x"), Branch("a1y"))), Branch("a2"))),
    Branch("b", (Branch("b1"),), is_folded=True),
    Branch("c"),
)
OPEN = ["▾ a", "├─▾ a1", "│ ├── a1x", "│ └── a1y", "└── a2", "▸ b", "  c"]


def tree(*forest: Branch) -> TreeLines:
    lines = TreeLines((Heading("Name"), Heading("Age")), lambda key: Line((str(key), "5s"), lead=0))
    lines.show(forest)
    return lines


def shown(lines: TreeLines) -> list[str]:
    return [lines.line(at).cells[0] for at in range(len(lines))]


def test_boxes_lead_from_a_branch_to_what_is_beneath_it() -> None:
    assert shown(tree(*FOREST)) == OPEN
    assert tree(*FOREST).line(2).lead == len("│ ├── ")


def test_a_fold_hides_what_is_beneath_and_stands_for_it() -> None:
    lines = tree(*FOREST)
    lines.fold("a1")
    assert shown(lines) == ["▾ a", "├─▸ a1", "└── a2", "▸ b", "  c"]
    assert lines.index("a1y") == lines.index("a1") == 1
    assert lines.index("nobody") is None
    lines.fold("a")
    assert (shown(lines), lines.index("a1y")) == (["▸ a", "▸ b", "  c"], 0)
    lines.reveal("a1y")
    assert shown(lines) == OPEN


def test_folds_stay_while_branches_come_and_go() -> None:
    lines = tree(*FOREST)
    lines.fold("a1")
    lines.fold("b", False)
    lines.show((*FOREST[:2], Branch("d", (Branch("d1"),))))
    assert shown(lines) == ["▾ a", "├─▸ a1", "└── a2", "▾ b", "└── b1", "▾ d", "└── d1"]
    lines.show((Branch("z"),))
    lines.show(FOREST)
    assert shown(lines) == OPEN, "what went and came again is another branch"


def test_a_tree_of_any_depth_is_drawn() -> None:
    deep = Branch("0")
    for number in range(1, 2000):
        deep = Branch(str(number), (deep,))
    lines = tree(deep)
    assert len(lines) == 2000
    lines.reveal("0")
    assert lines.line(1999).cells[0].endswith("0")


class TreeApp(App[None]):
    def __init__(self, lines: TreeLines) -> None:
        super().__init__()
        self.tree_table = TreeTable(lines)
        self.selected: list[Hashable] = []

    def compose(self) -> ComposeResult:
        yield self.tree_table

    def on_mount(self) -> None:
        self.tree_table.focus()

    def on_live_table_selected(self, event: TreeTable.Selected) -> None:
        self.selected.append(event.key)


@asynccontextmanager
async def sitting(lines: TreeLines) -> AsyncIterator[tuple[TreeApp, Pilot[None]]]:
    app = TreeApp(lines)
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        yield app, pilot


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("down", "a1"),
        ("down right", "a1x"),
        ("down down left", "a1"),
        ("down left", "a1"),
        ("down left left", "a"),
        ("down left right", "a1"),
        ("down left right right", "a1x"),
        ("left left", "a"),
        ("end left", "c"),
        ("end right", "c"),
        ("end up space down", "b1"),
        ("j j k", "a1"),
    ],
)
async def test_the_cursor_goes_along_the_branches(keys: str, wanted: str) -> None:
    async with sitting(tree(*FOREST)) as (app, pilot):
        await pilot.press(*keys.split())
        assert app.tree_table.cursor_key == wanted


async def test_the_cursor_stays_on_its_branch_and_on_the_fold_that_hides_it() -> None:
    lines = tree(*FOREST)
    async with sitting(lines) as (app, pilot):
        await pilot.press("down", "down", "down")
        lines.show((Branch("new"), *FOREST))
        app.tree_table.refresh_lines()
        found = [app.tree_table.cursor_key]
        lines.fold("a")
        app.tree_table.refresh_lines()
        assert [*found, app.tree_table.cursor_key] == ["a1y", "a"]
        await pilot.press("enter")
        assert app.selected == ["a"]


async def test_a_tree_without_branches_takes_every_key() -> None:
    async with sitting(tree()) as (app, pilot):
        await pilot.press("left", "right", "space", "enter", "j", "k", "G", "shift+right")
        assert app.tree_table.cursor_key is None


async def test_what_leads_to_a_name_is_dimmed() -> None:
    lines = TreeLines((Heading("Name"),), lambda key: Line((f"Pod/{key}",), tone="bad", lead=4))
    lines.show(FOREST)
    async with sitting(lines) as (app, _):
        strip = app.tree_table._frame[2]
        said = [segment for segment in strip if segment.text.strip()]
        inks = {segment.text.strip(): segment.style.color for segment in said if segment.style}
        assert list(inks) == ["├─▾ Pod/", "a1"]
        assert inks["├─▾ Pod/"] != inks["a1"]


async def test_what_is_searched_for_is_marked_across_what_leads_to_the_name() -> None:
    lines = TreeLines((Heading("Name"),), lambda key: Line((f"Pod/{key}",), lead=4))
    lines.show(FOREST)
    async with sitting(lines) as (app, pilot):
        app.tree_table.search("d/a1")
        await pilot.pause()
        plain, marked = app.tree_table._frame[1], app.tree_table._frame[3]
        assert {segment.text.strip() for segment in plain if segment.style} >= {"▾ Pod/", "a"}
        texts = [
            (segment.text.rstrip(), segment.style.bgcolor)
            for segment in marked
            if segment.style and segment.text.strip()
        ]
        assert [text for text, _ in texts][:3] == ["│ ├── Po", "d/a1", "x"]
        assert texts[1][1] not in (texts[0][1], texts[2][1])


async def test_matches_are_stepped_through_around_the_ends_and_unfolded() -> None:
    lines = tree(*FOREST)
    lines.fold("a")
    async with sitting(lines) as (app, pilot):
        table = app.tree_table
        assert table.search("1") == 4
        found = [(table.cursor_key, table.found)]
        for key in ("n", "n", "n", "n", "N"):
            await pilot.press(key)
            found.append((table.cursor_key, table.found))
        assert found == [
            ("a1", "1/4"),
            ("a1x", "2/4"),
            ("a1y", "3/4"),
            ("b1", "4/4"),
            ("a1", "1/4"),
            ("b1", "4/4"),
        ]
        await pilot.press("home", "N")
        assert table.found == "4/4"
        table.search("")
        await pilot.press("home", "n")
        assert (table.cursor_key, table.found) == ("a", "")


async def test_a_search_that_finds_nothing_any_more_goes_back_to_where_it_began() -> None:
    async with sitting(tree(*FOREST)) as (app, pilot):
        await pilot.press("down")
        found = [app.tree_table.search(needle) for needle in ("b", "b1", "b1z")]
        assert (found, app.tree_table.cursor_key) == ([2, 1, 0], "a1")
