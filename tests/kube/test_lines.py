"""Lines of any length, however the chunks fall."""

import json
import sys

from hypothesis import given
from hypothesis import strategies as st

from kty.kube.lines import LineSplitter


@given(st.lists(st.binary(max_size=12).map(lambda chunk: chunk.replace(b"a", b"\n"))))
def test_lines_do_not_depend_on_how_the_chunks_fall(chunks: list[bytes]) -> None:
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    whole = b"".join(chunks).split(b"\n")
    assert lines == [line for line in whole[:-1] if line]
    assert splitter.is_within_line == bool(whole[-1])


def test_a_character_that_is_split_between_chunks_stays_whole() -> None:
    text = json.dumps({"a": "süß €"}, ensure_ascii=False).encode() + b"\n"
    splitter = LineSplitter()
    lines = [line for index in range(len(text)) for line in splitter.feed(text[index : index + 1])]
    assert [json.loads(line) for line in lines] == [{"a": "süß €"}]


def test_a_long_line_in_small_chunks_is_copied_once() -> None:
    splitter = LineSplitter()
    chunk = b"x" * 16384
    handed = 0
    for _ in range(320):
        assert splitter.feed(chunk) == []
        handed += sum(map(len, splitter._begun)) if len(splitter._begun) == 1 else 0
    # Quadratic work would have joined what had come so far each time, and so would hold it in one piece.
    assert handed == len(chunk)
    assert sys.getsizeof(splitter._begun) < 100_000
    (line,) = splitter.feed(b"\n")
    assert len(line) == 320 * 16384
