"""What encloses what in a YAML text."""

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from kty.kube.manifest import to_yaml
from kty.widgets.yaml_folds import Folds
from kty.widgets.yaml_outline import Outline, bodies
from tests.kube.odd_strings import FRAGMENTS, ODD

TEXT = dedent(
    """\
    kind: Pod
    metadata:
      labels:
        a: b
      note: |
        key: not a key
        - not an item

          more
      name: web
    spec:
      containers:
      - name: web
        args:
        - -c
        - |-
          text:
        image: x
      - name: proxy
    status: {}
    """
)
strings = st.one_of(st.sampled_from(ODD), st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
trees = st.recursive(
    strings,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(strings, inner, max_size=3)),
    max_leaves=10,
)


def enclosed(outline: Outline) -> dict[str, list[str]]:
    """Return the stripped lines, each with those that it encloses directly."""
    found: dict[str, list[str]] = {}
    for line, parent in enumerate(outline.parents):
        head = outline.lines[parent].strip() if parent >= 0 else ""
        found.setdefault(head, []).append(outline.lines[line].strip())
    return found


def test_keys_enclose_what_is_deeper_and_lists_in_their_own_column() -> None:
    assert enclosed(Outline(TEXT)) == {
        "": ["kind: Pod", "metadata:", "spec:", "status: {}"],
        "metadata:": ["labels:", "note: |", "name: web"],
        "labels:": ["a: b"],
        "note: |": ["key: not a key", "- not an item", "", "more"],
        "spec:": ["containers:"],
        "containers:": ["- name: web", "- name: proxy"],
        "- name: web": ["args:", "image: x"],
        "args:": ["- -c", "- |-"],
        "- |-": ["text:"],
    }


def test_each_line_knows_the_last_one_it_encloses() -> None:
    outline = Outline(TEXT)
    ends = {
        outline.lines[line].strip(): outline.lines[end].strip() for line, end in enumerate(outline.ends) if end > line
    }
    assert ends == {
        "metadata:": "name: web",
        "labels:": "a: b",
        "note: |": "more",
        "spec:": "- name: proxy",
        "containers:": "- name: proxy",
        "- name: web": "image: x",
        "args:": "text:",
        "- |-": "text:",
    }


def test_only_lines_of_literal_blocks_are_bodies() -> None:
    outline = Outline(TEXT)
    bodies = [line.strip() for number, line in enumerate(outline.lines) if outline.is_body(number)]
    assert bodies == ["key: not a key", "- not an item", "", "more", "text:"]


def test_a_plain_value_that_ends_like_the_head_of_a_block_begins_none() -> None:
    outline = Outline('a: b - |\nc: d\n\'e: f\': |\n  g: h\n"i\\": |": j\nk: l\n')
    assert [number for number in range(6) if outline.is_body(number)] == [3]


def test_an_empty_line_at_the_end_of_a_block_belongs_to_it() -> None:
    outline = Outline("a: |+\n  b\n\nc: d\n")
    assert (outline.ends[0], outline.is_body(2), outline.parents[3]) == (2, True, -1)


def test_a_path_is_made_of_keys_and_places_in_lists() -> None:
    outline = Outline(TEXT)
    paths = {outline.lines[line].strip(): outline.path(line) for line in range(len(outline.lines))}
    assert paths["a: b"] == ("metadata", "labels", "a")
    assert paths["- name: proxy"] == ("spec", "containers", "1")
    assert paths["- |-"] == ("spec", "containers", "0", "args", "1")


def test_an_empty_text_is_one_empty_line() -> None:
    outline = Outline("")
    assert (list(outline.lines), outline.ends, outline.is_head(0)) == ([""], [0], False)


@given(st.dictionaries(strings, trees, max_size=4))
def test_what_is_at_the_top_of_any_object_is_its_keys(obj: dict[str, object]) -> None:
    text = to_yaml(obj)
    outline = Outline(text)
    tops = [number for number, parent in enumerate(outline.parents) if parent < 0]
    keys = [line for line in tops if not outline.lines[line].startswith(": ")]
    assert len(keys) == max(1, len(obj))
    for line, end in enumerate(outline.ends):
        parent = outline.parents[line]
        assert parent < line <= end
        assert parent < 0 or end <= outline.ends[parent]
    bodies = sum(outline.is_body(line) for line in range(len(outline.lines)))
    assert bodies <= sum(value.count("\n") + 1 for value in _strings(obj) if "\n" in value)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [text for item in value.values() for text in _strings(item)] if isinstance(value, dict) else []


def test_folding_hides_what_a_line_encloses() -> None:
    outline = Outline(TEXT)
    folds = Folds(outline)
    assert folds.toggle(1) == 1
    assert folds.hidden(1) == 8
    assert [outline.lines[line] for line in folds.rows[:3]] == ["kind: Pod", "metadata:", "spec:"]
    assert (folds.row(5), folds.row(10)) == (1, 2)
    assert folds.toggle(1) == 1
    assert list(folds.rows) == list(range(len(outline.lines)))


def test_folding_where_nothing_is_enclosed_folds_what_encloses_it() -> None:
    outline = Outline(TEXT)
    folds = Folds(outline)
    assert outline.lines[folds.toggle(outline.lines.index("    a: b"))] == "  labels:"
    assert folds.toggle(0) == -1
    assert folds.folded == {2}


def test_folding_all_keeps_the_top_level_and_what_is_short() -> None:
    outline = Outline(TEXT)
    folds = Folds(outline)
    folds.toggle_all()
    assert [outline.lines[line].strip() for line in folds.rows] == [
        *("kind: Pod", "metadata:", "labels:", "a: b", "note: |", "name: web", "spec:", "containers:", "status: {}"),
    ]
    folds.toggle_all()
    assert len(folds.rows) == len(outline.lines)


def test_revealing_a_line_unfolds_all_that_hides_it_and_nothing_else() -> None:
    outline = Outline(TEXT)
    folds = Folds(outline, {1, 4, 10, 11})
    folds.reveal(6)
    assert folds.folded == {10, 11}


@given(st.dictionaries(strings, trees, max_size=4), st.sets(st.integers(0, 60)))
def test_every_line_is_seen_or_hidden_by_one_that_is(obj: dict[str, object], folded: set[int]) -> None:
    outline = Outline(to_yaml(obj))
    folds = Folds(outline, {line for line in folded if line < len(outline.lines)})
    rows = list(folds.rows)
    assert rows[0] == 0
    for line in range(len(outline.lines)):
        hiding = rows[folds.row(line)]
        assert hiding == line or line <= hiding + folds.hidden(hiding)
        assert (line in rows) == folds.folded.isdisjoint(outline.enclosing(line))


LINES = st.lists(
    st.sampled_from(
        [
            "a: |",
            "b: 1",
            "  c: >-",
            "  - |",
            "  - d: |2",
            "    x",
            "  y",
            "",
            "      z: |",
            "e:",
            "- f",
            "    g: h",
            "   ",
        ]
    ),
    min_size=1,
    max_size=14,
)


@given(LINES, st.data())
def test_where_one_looks_from_makes_no_difference_to_what_is_a_body(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines) + "\n"
    outline = Outline(text)
    first = data.draw(st.integers(0, len(lines) - 1))
    assert bodies(lines, first, len(lines)) == [outline.is_body(line) for line in range(first, len(lines))]
