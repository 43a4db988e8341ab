"""Lines in a ring: all of them while there is room, and then the newest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.widgets.log_ring import MIB, OVERHEAD, LogRing


def texts(ring: LogRing) -> list[bytes]:
    return [ring.line(number).text for number in range(ring.first, ring.next)]


def fill(ring: LogRing, *lines: bytes, source: int = 0) -> None:
    ring.append(source, lines, [0] * len(lines))


def test_lines_come_back_as_they_were_with_source_and_time() -> None:
    ring = LogRing()
    ring.append(3, [b"one", b"", b"\x00\xff\x1b[31m"], [7, 8, 9])
    ring.note(3, "it restarted", 10)
    assert [tuple(ring.line(number)) for number in range(4)] == [
        (0, 3, 7, b"one"), (1, 3, 8, b""), (2, 3, 9, b"\x00\xff\x1b[31m"), (3, -4, 10, b"it restarted"),
    ]  # fmt: skip
    for number in (-1, 4):
        with pytest.raises(IndexError):
            ring.line(number)


@given(
    st.lists(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=20), max_size=30),
    st.integers(64, 2000),
)
def test_the_newest_lines_are_kept_within_the_bound_and_the_others_are_counted(
    batches: list[list[bytes]], limit: int
) -> None:
    ring, every = LogRing(limit), [line for batch in batches for line in batch]
    for batch in batches:
        fill(ring, *batch)
    kept = texts(ring)
    assert ring.next == len(every)
    assert ring.first + len(kept) == len(every)
    assert [line[: max(1, limit // 2)] for line in every[ring.first :]] == kept
    assert ring.size == sum(len(line) + 1 + OVERHEAD for line in kept)
    assert ring.size <= limit or len(kept) <= max(1, limit // 8)


def test_a_ring_is_nearly_full_when_lines_go() -> None:
    ring = LogRing(MIB)
    for number in range(100):
        fill(ring, *[b"x" * 200] * 200)
        if number > 50:
            assert MIB * 0.8 < ring.size <= MIB
    assert ring.first > 0


def test_a_line_of_five_megabytes_is_kept_whole() -> None:
    ring = LogRing(64 * MIB)
    fill(ring, b"before", b"x" * (5 << 20), b"after")
    assert [len(line) for line in texts(ring)] == [6, 5 << 20, 5]


def test_numbers_go_on_when_the_ring_is_cleared() -> None:
    ring = LogRing()
    fill(ring, b"a", b"b")
    ring.clear()
    fill(ring, b"c")
    assert (ring.first, ring.next, ring.line(2).text, ring.size) == (2, 3, b"c", 2 + OVERHEAD)


@given(st.lists(st.text("abAB\N{LATIN SMALL LETTER E WITH ACUTE}", max_size=6), min_size=1, max_size=20), st.data())
def test_bytes_are_found_in_small_letters_too(given_lines: list[str], data: st.DataObject) -> None:
    lines = [line.encode() for line in given_lines]
    ring = LogRing()
    fill(ring, *lines)
    start = data.draw(st.integers(0, len(lines)))
    stop = data.draw(st.integers(start, len(lines)))
    for folded in (True, False):
        expected = [i for i in range(start, stop) if b"ab" in (lines[i].lower() if folded else lines[i])]
        assert list(ring.chunk(0).holding(b"ab", start, stop, folded=folded)) == expected
