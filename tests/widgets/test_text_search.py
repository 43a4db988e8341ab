"""Find a text in lines, and step from match to match."""

from kty.widgets.text_search import MOST, TextSearch

LINES = ["Web and web", "none", "a web", "WEB"]


def places(search: TextSearch) -> list[tuple[int, int]]:
    return [(match.line, match.start) for match in search.matches]


def test_case_matters_only_where_the_needle_has_capitals() -> None:
    assert places(TextSearch("web", LINES)) == [(0, 0), (0, 8), (2, 2), (3, 0)]
    assert places(TextSearch("Web", LINES)) == [(0, 0)]


def test_a_needle_is_text_and_no_pattern() -> None:
    assert places(TextSearch("a.b", ["aXb", "a.b"])) == [(1, 0)]


def test_an_empty_needle_finds_nothing() -> None:
    search = TextSearch("", LINES)
    search.go_to(0)
    search.step(1, 0)
    assert (search.matches, search.match) == ([], None)


def test_the_first_match_from_a_place_on_becomes_the_current_one_around_the_end() -> None:
    search = TextSearch("web", LINES)
    found = []
    for line, start in ((0, 0), (0, 1), (1, 0), (3, 0), (3, 1)):
        search.go_to(line, start)
        found.append(search.current)
    assert found == [0, 1, 2, 3, 0]


def test_steps_go_around_both_ends() -> None:
    search = TextSearch("web", LINES)
    search.go_to(0)
    search.step(-1, 0)
    assert search.current == 3
    search.step(1, 3)
    assert search.current == 0
    search.step(2, 0)
    assert search.current == 2


def test_a_step_starts_at_the_cursor_where_that_left_the_current_match() -> None:
    search = TextSearch("web", LINES)
    search.go_to(0)
    search.step(1, 2)
    assert search.current == 2
    search.go_to(0)
    search.step(-1, 2)
    assert search.current == 1


def test_matches_are_counted_by_lines_and_found_by_what_can_be_seen() -> None:
    search = TextSearch("web", LINES)
    assert (search.count(0, 0), search.count(1, 1), search.count(1, 3)) == (2, 0, 2)
    assert list(search.within(0, 2, 9)) == search.matches[:2]
    assert list(search.within(0, 3, 8)) == []
    assert list(search.within(1, 0, 99)) == []


def test_so_many_matches_that_nobody_steps_through_them_are_cut_off() -> None:
    search = TextSearch("a", ["a" * MOST, "a"])
    assert (len(search.matches), search.is_cut_off) == (MOST, True)
