from collections.abc import Sequence
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.objects import Row
from kty.text import is_printable
from kty.views.ages import AGE
from kty.views.containerstatuses import RESTARTS
from kty.views.counts import share_column
from kty.views.fields import fields, fold, haystack
from kty.views.filters import Filter, FilterMistake, parse
from kty.views.view import Column

NOW = 1_800_000_000.0
MINUTE, HOUR, DAY = 60, 3600, 86_400

DURATION = Column("Duration", itemgetter("took"), order="number", ticks=True, show=lambda value, now: f"{value}s")
COLUMNS = (
    share_column("Ready", itemgetter("ready")),
    Column("Status", itemgetter("status")),
    RESTARTS,
    Column("Cluster IP", itemgetter("ip")),
    Column("Capacity", itemgetter("capacity")),
    Column("Up-to-date", itemgetter("updated"), order="number", right=True),
    DURATION,
    AGE,
    Column("Node", itemgetter("node"), wide=True),
)
FIELDS = fields(COLUMNS, namespaces=True)
TITLES = [field.column.title for field in FIELDS]


def pod(name: str, namespace: str = "shop", labels: Sequence[str] = (), age: float = HOUR, **cells: object) -> Row:
    known: dict[str, object] = {
        "Ready": (1, 1),
        "Status": "Running",
        "Restarts": (0, None),
        "Age": NOW - age,
        **cells,
    }
    values = tuple([known.get(column.title.replace(" ", "").replace("-", "")) for column in COLUMNS])
    return Row(namespace, name, name, "1", NOW - age, False, tuple(sorted(labels)), (), values)


PODS = (
    pod("web-1", labels=["app=web", "tier=a"], ClusterIP="10.0.0.1", Capacity="8Gi", Uptodate=3, age=HOUR),
    pod(
        "web-2", labels=["app=web", "tier=b"], Status="CrashLoopBackOff", Ready=(0, 1), Restarts=(12, NOW - 5 * MINUTE)
    ),
    pod("db-0", "data", labels=["app=db"], Capacity="512Mi", Node="worker-1", Duration=90, age=3 * DAY),
    pod("cache", "kube-system", Status="Init: Error", Restarts=(4, None), Capacity="10Gi", age=30 * MINUTE),
    pod("nginx:1.25", "data", Status=None, Restarts=None, Age=None, Uptodate=10, Duration=600),
)


def names(text: str, now: float = NOW) -> list[str]:
    """Return the names of the pods that a filter lets through."""
    found = parse(text, FIELDS)
    prepared = haystack(FIELDS)
    test = found.at(now)
    kept = [row.name for row in PODS if test(row, prepared(row))]
    assert kept == [row.name for row in PODS if found.matches(row, prepared(row), now)]
    return kept


ALL = [row.name for row in PODS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("  ", ALL),
        ("web", ["web-1", "web-2"]),
        ("WEB", ["web-1", "web-2"]),
        ("crash", ["web-2"]),
        ("data", ["db-0", "nginx:1.25"]),
        ("web crash", ["web-2"]),
        ("  crash\tweb ", ["web-2"]),
        ("web crash db", []),
        ("webcrash", []),
        ("!web", ["db-0", "cache", "nginx:1.25"]),
        ("!web !data", ["cache"]),
        ("web !crash", ["web-1"]),
        ('"init: err"', ["cache"]),
        ("'init: err'", ["cache"]),
        ('!"init: err" 4', []),
        ('"web-1"web', ["web-1"]),
        ("it's", []),
        ("nginx:1.25", ["nginx:1.25"]),
        ("kube-system:", []),
        ("worker-1", []),
        ("-live", []),
        ("<none>", []),
        (">5", []),
        ('"!web"', []),
        ("!!web", ALL),
    ],
)
def test_words_are_looked_for_in_every_shown_column(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:crash", ["web-2"]),
        ("STATUS:CRASH", ["web-2"]),
        ("stat:crash", ["web-2"]),
        ('status:"init: e"', ["cache"]),
        ("name:data", []),
        ("namesp:data", ["db-0", "nginx:1.25"]),
        ("!status:run", ["web-2", "cache", "nginx:1.25"]),
        ("clusterip:10.", ["web-1"]),
        ("cluster-ip:10.", ["web-1"]),
        ("node:worker", ["db-0"]),
        ("status:a=b", []),
        ("age:3d", ["db-0"]),
        ("restarts:5m", ["web-2"]),
        ('"status:crash"', []),
        ("-status:crash", []),
    ],
)
def test_a_colon_looks_in_one_column(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_name_cut_short_means_a_column_on_screen_before_one_that_is_not() -> None:
    columns = (Column("Node", itemgetter(0)), Column("Nominated Node", itemgetter(1), wide=True))
    row = Row("", "web", "", "", None, False, (), (), ("worker-1", "worker-2"))
    assert parse("no:worker-1", fields(columns)).matches(row, "", NOW)
    assert parse("nom:worker-2", fields(columns)).matches(row, "", NOW)
    with pytest.raises(FilterMistake, match="Node or Nominated Node"):
        parse("no:worker-1", fields(columns, wide=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status=Running", ["web-1", "db-0"]),
        ("status==running", ["web-1", "db-0"]),
        ("status=Run", []),
        ("status!=Running", ["web-2", "cache", "nginx:1.25"]),
        ("!status=Running", ["web-2", "cache", "nginx:1.25"]),
        ('status="init: error"', ["cache"]),
        ('status=""', ["nginx:1.25"]),
        ('status!=""', ["web-1", "web-2", "db-0", "cache"]),
        ("ready=1/1", ["web-1", "db-0", "cache", "nginx:1.25"]),
        ("ready!=1/1", ["web-2"]),
        ("restarts=12", ["web-2"]),
        ("restarts=4.0", ["cache"]),
        ('restarts="12 (5m ago)"', ["web-2"]),
        ("restarts!=0", ["web-2", "cache", "nginx:1.25"]),
        ("capacity=10gi", ["cache"]),
        ("age=3d", ["db-0"]),
        ("age=1h", []),
        ("age=60m", ["web-1", "web-2"]),
    ],
)
def test_an_equals_sign_compares_all_that_a_cell_shows_or_the_number_it_is(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("restarts>3", ["web-2", "cache"]),
        ("restarts>=12", ["web-2"]),
        ("restarts<4", ["web-1", "db-0"]),
        ("restarts<=4", ["web-1", "db-0", "cache"]),
        ("restarts>11.5", ["web-2"]),
        ("restarts>-1", ["web-1", "web-2", "db-0", "cache"]),
        ("!restarts>3", ["web-1", "db-0", "nginx:1.25"]),
        ("ready<1", ["web-2"]),
        ("up-to-date>3", ["nginx:1.25"]),
        ("uptodate>=3", ["web-1", "nginx:1.25"]),
        ("age<2h", ["web-1", "web-2", "cache"]),
        ("age<1h", ["cache"]),
        ("age>=1h", ["web-1", "web-2", "db-0"]),
        ("age>1d", ["db-0"]),
        ("age<1w age>0.5d", ["db-0"]),
        ("age<90M", ["web-1", "web-2", "cache"]),
        ("age>0s", ["web-1", "web-2", "db-0", "cache"]),
        ("capacity>8Gi", ["cache"]),
        ("capacity>=512Mi", ["web-1", "db-0", "cache"]),
        ("capacity<1G", ["db-0"]),
        ("duration>5m", ["nginx:1.25"]),
        ("duration>=1m30s", ["db-0", "nginx:1.25"]),
        ("duration<100", ["db-0"]),
        ("status>5", []),
        ("web restarts>3", ["web-2"]),
    ],
)
def test_comparisons_read_numbers_amounts_and_durations(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_durations_that_are_text_compare_with_durations() -> None:
    columns = fields((Column("Took", itemgetter(0)),))
    texts = ("4m", "90s", "2h5m", "never", "300")
    rows = [Row("", text, "", "", None, False, (), (), (text,)) for text in texts]

    def longer(text: str) -> list[str]:
        test = parse(text, columns).at(NOW)
        return [row.name for row in rows if test(row, "")]

    assert longer("took>3m") == ["4m", "2h5m", "300"]
    assert longer("took<2h") == ["4m", "90s"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-l app=web", ["web-1", "web-2"]),
        ("-lapp=web", ["web-1", "web-2"]),
        ("-l=app=web", ["web-1", "web-2"]),
        ('-l "app = web"', ["web-1", "web-2"]),
        ("-l'app = web' crash", ["web-2"]),
        ("-l app=web crash", ["web-2"]),
        ("crash -l   app=web", ["web-2"]),
        ("-l app=web,tier=b", ["web-2"]),
        ("-l app=web, tier=b", ["web-2"]),
        ("-l app=web ,tier=b", ["web-2"]),
        ("-l tier in (a, b)", ["web-1", "web-2"]),
        ("-l tier in (a, b) crash", ["web-2"]),
        ("-l tier in(a,c),app=web", ["web-1"]),
        ("-l tier notin (a) , app web", ["web-2"]),
        ("-ltier,app in (web) crash", ["web-2"]),
        ("-l app !web", ["db-0"]),
        ("-l !app", ["cache", "nginx:1.25"]),
        ("-l app -l tier=a", ["web-1"]),
        ("!-l app", ["cache", "nginx:1.25"]),
        ("-lapp", []),
    ],
)
def test_a_label_selector_stands_among_the_terms(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_word_that_can_be_part_of_an_age_is_looked_for_in_ages_as_of_now() -> None:
    assert names("3d") == ["db-0"]
    assert names("30m") == ["cache"]
    assert names("5m") == ["web-2"]
    assert names("30m", NOW + 40 * MINUTE) == []
    assert names("70m", NOW + 40 * MINUTE) == ["cache"]


def test_what_has_no_age_is_found_by_what_it_shows_instead() -> None:
    assert names("unknown") == ["nginx:1.25"]


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("", False),
        ("web", False),
        ("5", True),
        ("2h3", True),
        ("!s", True),
        ("sd", False),
        ("5x", False),
        ("web age<2h", True),
        ("!age<2h", True),
        ("age:3", True),
        ("age=3d", True),
        ("restarts>3", False),
        ("restarts=3", True),
        ("duration>5m", False),
        ("status=Running", False),
        ("-l app", False),
    ],
)
def test_a_filter_knows_whether_time_changes_what_it_lets_through(text: str, ticks: bool) -> None:
    assert parse(text, FIELDS).ticks is ticks


def test_nothing_ticks_where_no_column_does() -> None:
    assert not parse("5", fields((Column("Status", itemgetter(0)),))).ticks


@pytest.mark.parametrize(
    ("text", "part", "says", "unfinished"),
    [
        ('web "two wor', '"two wor', "not closed", True),
        ("!'two", "'two", "not closed", True),
        ('""', '""', "empty", False),
        ('status:""', '""', "empty", False),
        ("web !", "!", "nothing does", True),
        ("! web", "!", "nothing does", False),
        ("-l", "-l", "needs a label selector", True),
        ("web -l ", "-l ", "needs a label selector", True),
        ('-l "" web', '-l ""', "needs a label selector", False),
        ("-l app=web, ", "", "the key of a label", True),
        ("-l tier in", "", "a set such as (a, b)", True),
        ("-l tier in (a, ", "", "a comma or )", True),
        ("-l app=web)", ")", "a comma", False),
        ('-l "app ?" x', "?", "one of = ==", False),
        ('-l "app in" x', "", "a set such as (a, b)", False),
        ("web -l app=-x", "-x", "cannot be the value", False),
        ("na:x", "na", "Namespace or Name", False),
        ("foo>3", "foo", "no column is called foo", False),
        ("web app=web", "app", "no column is called app", False),
        ("-restarts>3", "-restarts", "no column is called -restarts", False),
        ("status:", ":", "Status: of what?", True),
        ("status: web", ":", "Status: of what?", False),
        ("restarts>", ">", "Restarts> of what?", True),
        ("!restarts>=", ">=", "Restarts>= of what?", True),
        ("status=", "=", "Status= of what?", True),
        ("restarts>abc", "abc", "compares with a number, not with abc", False),
        ("restarts>3/4 web", "3/4", "compares with a number", False),
        ('restarts>""', '""', "compares with a number", False),
        ("restarts>1e999999999", "1e999999999", "compares with a number", False),
        ("age<2", "2", "such as 2h30m", True),
        ("age<2h30", "2h30", "such as 2h30m", True),
        ("age<2 web", "2", "such as 2h30m", False),
        ("age<old", "old", "such as 2h30m", False),
        ("status>run", "run", "compares with a number, an amount", False),
    ],
)
def test_a_mistake_says_which_part_is_wrong_and_whether_typing_on_can_help(
    text: str, part: str, says: str, unfinished: bool
) -> None:
    with pytest.raises(FilterMistake) as raised:
        parse(text, FIELDS)
    mistake = raised.value
    assert text[mistake.start : mistake.end] == part
    assert says in str(mistake)
    assert mistake.unfinished is unfinished


def test_an_unknown_column_is_answered_with_the_known_ones() -> None:
    with pytest.raises(FilterMistake) as raised:
        parse("foo>3", FIELDS)
    assert ", ".join(TITLES) in raised.value.hint
    with pytest.raises(FilterMistake, match="no column is called app") as raised:
        parse("app=web", FIELDS)
    assert "-l app=" in raised.value.hint


def test_a_mistake_shows_what_was_typed_without_obeying_it() -> None:
    with pytest.raises(FilterMistake) as raised:
        parse("restarts>\x1b]0;x", FIELDS)
    assert is_printable(raised.value.sentence())


def marked(text: str, **cells: str) -> list[tuple[str, str]]:
    """Return the title of the column and the text for every span that a filter highlights."""
    shown = [field.column.title for field in FIELDS if field.shown]
    texts = [cells.get(title.replace(" ", ""), "") for title in shown]
    return [(shown[column], texts[column][start:end]) for column, start, end in parse(text, FIELDS).spans(texts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("WEB", [("Namespace", "web"), ("Name", "web"), ("Name", "Web")]),
        ("name:web", [("Name", "web"), ("Name", "Web")]),
        ("b-we", [("Name", "b-We")]),
        ("we name:eb", [("Namespace", "we"), ("Name", "web"), ("Name", "Web")]),
        ("web-w name:b-web", [("Name", "web-Web")]),
        ("web- eb", [("Namespace", "eb"), ("Name", "web-"), ("Name", "eb")]),
        ("!web", []),
        ("!name:x", []),
        ("status=running", [("Status", "Running")]),
        ("status!=pending", [("Status", "Running")]),
        ("age<2h", [("Age", "59m")]),
        ("restarts>3 9", [("Restarts", "12"), ("Age", "9")]),
        ("node:worker", []),
        ('capacity=""', []),
        ("-l app=web", []),
    ],
)
def test_what_matched_is_highlighted(text: str, expected: list[tuple[str, str]]) -> None:
    found = marked(text, Namespace="web", Name="web-Web", Status="Running", Restarts="12", Age="59m")
    assert found == expected


def test_letters_that_grow_when_made_small_shift_no_highlight() -> None:
    assert marked("web", Name="İİ-WEB-İweb") == [("Name", "WEB"), ("Name", "web")]
    assert marked("İ", Name="aİ") == [("Name", "İ")]


def test_a_word_finds_an_escape_that_a_cell_shows() -> None:
    row = pod("web", Status="a\x1bb")
    assert parse("a\\x1bb", FIELDS).matches(row, haystack(FIELDS)(row), NOW)
    assert parse("a\x1bb", FIELDS).matches(row, haystack(FIELDS)(row), NOW)


TYPED = (
    st.text()
    | st.text(alphabet="webage -l:=<>!\"'(), 23dhm")
    | st.sampled_from(["status", "restarts", "age", "capacity", "ready", "duration", "na"]).flatmap(
        lambda name: st.text(alphabet=':=<>!5mhGi.e9"/ ', max_size=12).map(lambda rest: name + rest)
    )
)


def read(text: str) -> Filter | FilterMistake:
    try:
        return parse(text, FIELDS)
    except FilterMistake as mistake:
        return mistake


@given(TYPED)
def test_whatever_is_typed_is_a_filter_or_a_mistake_with_a_place(text: str) -> None:
    found = read(text)
    if isinstance(found, FilterMistake):
        assert 0 <= found.start <= found.end <= len(text)
        assert is_printable(found.sentence())
        return
    prepared = haystack(FIELDS)
    for row in PODS:
        found.matches(row, prepared(row), NOW)
        cells = [field.text(row, NOW) for field in FIELDS if field.shown]
        last = (-1, 0)
        for column, start, end in found.spans(cells):
            assert (column, start) > last
            assert start < end <= len(cells[column])
            last = (column, end)


@given(st.text(alphabet="aAbBİıß5h-", min_size=1, max_size=3), st.lists(st.text(alphabet="aAbBİıß5h-"), min_size=2))
def test_a_word_lets_through_exactly_what_it_highlights(word: str, texts: list[str]) -> None:
    columns = fields([Column(f"C{at}", itemgetter(at)) for at, _ in enumerate(texts)])
    row = Row("", "", "", "", None, False, (), (), tuple(texts))
    found = parse(f'"{word}"', columns)
    spans = found.spans(["", *texts])
    assert found.matches(row, haystack(columns)(row), NOW) is bool(spans)
    for column, start, end in spans:
        assert fold(word) in fold(texts[column - 1][start:end])


@pytest.mark.parametrize(
    ("text", "before", "narrows"),
    [
        ("web-1", "web", True),
        ("eb", "e", True),
        ("web run", "we", True),
        ("web status:run", "web status:run", True),
        ("anything", "", True),
        ("we", "web", False),
        ("web", "we run", False),
        ("!web", "!we", False),
        ("status:ru", "status:r", False),
        ("5m", "5", False),  # an age is another one by now
        ("db", "d", True),  # no age, so it is found where the letter was found, too
        ("web age>5m", "web", True),
        ("web age>5m", "web age>5m", False),
    ],
)
def test_a_filter_that_is_typed_further_narrows_the_one_before(text: str, before: str, narrows: bool) -> None:
    assert parse(text, FIELDS).narrows(parse(before, FIELDS)) is narrows


@given(st.text(alphabet="we-1! s:r\"'2d", max_size=8), st.text(alphabet="we-1! s:r\"'2d", max_size=4))
def test_what_narrows_lets_nothing_more_through(text: str, more: str) -> None:
    before, after = read(text), read(text + more)
    if isinstance(before, Filter) and isinstance(after, Filter) and after.narrows(before):
        for row in PODS:
            seen = haystack(FIELDS)(row)
            assert before.matches(row, seen, NOW) or not after.matches(row, seen, NOW + 9 * DAY)
