"""Times of lines, and going on in a log without doubles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.runtime.log_place import LogPlace, Stamps

SECOND = 10**9


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        (b"2025-11-25T22:13:42.123456789Z hello you", 1_764_108_822_123_456_789, b"hello you"),
        (b"2025-11-25T22:13:42.5Z ", 1_764_108_822_500_000_000, b""),
        (b"2025-11-25T22:13:42Z  two", 1_764_108_822_000_000_000, b" two"),
        (b"2025-11-26T00:13:42.000000001+02:00 x", 1_764_108_822_000_000_001, b"x"),
        (b"unable to retrieve container logs", 0, b"unable to retrieve container logs"),
        (b"2025-13-25T22:13:42.123456789Z x", 0, b"2025-13-25T22:13:42.123456789Z x"),
        (b"2025-11-25T22:13:42.123456789 x", 0, b"2025-11-25T22:13:42.123456789 x"),
        (b"9999-01-01T00:00:00Z x", 0, b"9999-01-01T00:00:00Z x"),
        (b"2262-04-11T23:47:17Z x", 0, b"2262-04-11T23:47:17Z x"),
        (b"1969-12-31T23:59:59Z x", 0, b"1969-12-31T23:59:59Z x"),
        (b"", 0, b""),
        (b"\xff" * 25 + b" x", 0, b"\xff" * 25 + b" x"),
    ],
)
def test_times_are_cut_off(line: bytes, at: int, text: bytes) -> None:
    assert Stamps().cut([line]) == ([at], [text])


def test_lines_of_one_second_and_lines_without_a_time() -> None:
    lines = [
        b"2025-11-25T22:13:42.1Z a",
        b"2025-11-25T22:13:42.000000002Z b",
        b"of b",
        b"2025-11-25T22:13:43.000000003Z c",
    ]
    whole = 1_764_108_822 * SECOND
    times = [whole + 100_000_000, whole + 2, whole + 2, whole + SECOND + 3]
    assert Stamps().cut(lines) == (times, [b"a", b"b", b"of b", b"c"])


def test_a_line_with_a_time_that_cannot_be_gets_that_of_the_line_before() -> None:
    lines = [b"2025-11-25T22:13:42.5Z a", b"9999-01-01T00:00:00.5Z b", b"9999-01-01T00:00:00.6Z c"]
    at = 1_764_108_822 * SECOND + 500_000_000
    assert Stamps().cut(lines) == ([at] * 3, [b"a", *lines[1:]])


def served(log: list[tuple[int, bytes]], since: int) -> tuple[list[int], list[bytes]]:
    """Return what a server has from a whole second on."""
    found = [(at, text) for at, text in log if at >= since]
    return [at for at, _ in found], [text for _, text in found]


def comes_once(log: list[tuple[int, bytes]], data: st.DataObject) -> None:
    """Let a log that grows be read again and again, in pieces, and see that each line is told once."""
    place = LogPlace()
    got: list[tuple[int, bytes]] = []
    end = 0
    for _ in range(4):
        end = data.draw(st.integers(end, len(log)))
        since = int(place.since.timestamp()) * SECOND if place.since else 0
        place.again()
        times, lines = served(log[:end], since)
        size = data.draw(st.integers(1, 5))
        for start in range(0, len(times), size):
            at, new, gap = place.take(times[start : start + size], lines[start : start + size])
            got += zip(at, new, strict=True)
            assert not gap
        assert got == log[:end]


@given(
    st.lists(st.tuples(st.integers(0, 700_000_000), st.sampled_from([b"a", b"b", b""])), min_size=1, max_size=30),
    st.data(),
)
def test_whatever_is_read_again_comes_once(steps: list[tuple[int, bytes]], data: st.DataObject) -> None:
    log, at = [], 5 * SECOND
    for step, text in steps:
        at += step if step % 3 else 0  # many at the same time
        log.append((at, text))
    comes_once(log, data)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.sampled_from([b"a", b"b"])), min_size=1, max_size=30),
    st.data(),
)
def test_whatever_is_read_again_comes_once_though_times_go_back(
    steps: list[tuple[bool, int, bytes]], data: st.DataObject
) -> None:
    log, second = [], 5
    for is_next, part, text in steps:
        second += is_next
        log.append((second * SECOND + part, text))
    comes_once(log, data)


def test_lines_of_two_streams_with_times_of_their_own_come_once() -> None:
    place = LogPlace()
    times, lines = [2 * SECOND + 5, 2 * SECOND + 1], [b"stderr", b"stdout"]
    assert place.take(times, lines) == (times, lines, False)
    place.again()
    assert place.take(times, lines) == ([], [], False)


def test_what_was_said_after_a_clock_was_set_back_comes_once_and_is_not_missed() -> None:
    place = LogPlace()
    log = [(500 * SECOND, b"a"), (501 * SECOND, b"b"), (400 * SECOND, b"c"), (401 * SECOND, b"d")]
    place.take([at for at, _ in log], [text for _, text in log])
    log.append((402 * SECOND, b"e"))
    assert place.since is not None
    since = int(place.since.timestamp()) * SECOND
    place.again()
    assert place.take(*served(log, since)) == ([402 * SECOND], [b"e"], False)


def test_a_place_does_not_wait_for_a_clock_that_was_set_back_for_long() -> None:
    place = LogPlace()
    place.take([4000 * SECOND], [b"from the future"])
    for at in range(100, 1300):
        place.take([at * SECOND], [b"%d" % at])
    assert place.since is not None
    assert place.since.timestamp() > 1000
    place.again()
    assert place.take([1299 * SECOND, 1300 * SECOND], [b"1299", b"1300"]) == ([1300 * SECOND], [b"1300"], False)


def test_many_lines_after_a_clock_was_set_back_are_known_again_piece_by_piece() -> None:
    place = LogPlace()
    times, lines = [4000 * SECOND, *[100 * SECOND] * 1200], [b"%d" % number for number in range(1201)]
    place.take(times, lines)
    place.again()
    for start in range(0, 1201, 400):
        assert place.take(times[start : start + 400], lines[start : start + 400]) == ([], [], False)
    assert place.take([100 * SECOND], [b"new"]) == ([100 * SECOND], [b"new"], False)


def test_a_log_that_was_cut_is_told() -> None:
    place = LogPlace()
    place.take([5 * SECOND, 6 * SECOND], [b"a", b"b"])
    place.again()
    assert place.take([9 * SECOND], [b"c"]) == ([9 * SECOND], [b"c"], True)
    place.again()
    assert place.take([9 * SECOND], [b"another at the same time"]) == (
        [9 * SECOND],
        [b"another at the same time"],
        True,
    )


def test_nothing_new_is_no_gap() -> None:
    place = LogPlace()
    place.take([5 * SECOND], [b"a"])
    place.again()
    assert place.take([5 * SECOND], [b"a"]) == ([], [], False)
    assert place.take([5 * SECOND], [b"a"]) == ([5 * SECOND], [b"a"], False), "said once more"


def test_what_the_kubelet_says_without_a_time_moves_nothing() -> None:
    place = LogPlace()
    place.take([5 * SECOND], [b"a"])
    since = place.since
    place.take([0], [b"unable to retrieve container logs"])
    assert place.since == since
