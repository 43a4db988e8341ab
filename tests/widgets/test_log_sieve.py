"""Lines that are wanted, found little by little while others come and go."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kty.widgets.log_ring import Chunk, LogRing
from kty.widgets.log_sieve import LogSieve, Unsieved, wanted_now


class Even:
    """Wants lines that end with an even digit; counts how many it looked at."""

    def __init__(self) -> None:
        self.seen = 0

    def among(self, chunk: Chunk, start: int, stop: int) -> Iterator[int]:
        for index in range(start, stop):
            self.seen += 1
            if chunk.text(index)[-1:] in (b"0", b"2", b"4", b"6", b"8"):
                yield index


def fill(ring: LogRing, count: int) -> None:
    ring.append(0, [str(ring.next + index).encode() for index in range(count)], [0] * count)


def wanted(ring: LogRing) -> list[int]:
    return [number for number in range(ring.first, ring.next) if number % 2 == 0]


@given(
    st.integers(400, 20_000),
    st.integers(0, 1500),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3)), max_size=20),
)
def test_it_has_what_is_wanted_whatever_comes_and_goes(limit: int, before: int, steps: list[tuple[int, int]]) -> None:
    ring = LogRing(limit)
    fill(ring, before)
    sieve = LogSieve(ring, Even())
    for count, looks in steps:
        fill(ring, count)
        for look in range(looks + 1):
            if look:
                sieve.work(0.0)
            found = [sieve[index] for index in range(len(sieve))]
            assert found == sorted(set(found))
            assert set(found) <= set(wanted(ring))
            assert sieve.at_or_after(ring.first) == 0
    while sieve.work(0.0):
        pass
    every = wanted(ring)
    assert sieve.is_complete
    assert [sieve[index] for index in range(len(sieve))] == every
    for number in {ring.first, ring.next, (ring.first + ring.next) // 2, *every[:1], *every[-1:]}:
        assert sieve.at_or_after(number) == sum(each < number for each in every)
        assert sieve.after(number) == sum(each <= number for each in every)


def test_the_newest_lines_come_first_and_each_is_looked_at_once() -> None:
    ring, even = LogRing(), Even()
    fill(ring, 100_000)
    sieve = LogSieve(ring, even)
    assert sieve.work(0.0)
    assert sieve[len(sieve) - 1] == 99_998
    assert even.seen < 1000
    while sieve.work(0.01):
        pass
    assert (even.seen, len(sieve)) == (100_000, 50_000)
    fill(ring, 2)
    assert not sieve.work(1.0)
    assert (even.seen, sieve[len(sieve) - 1]) == (100_002, 100_000)


def test_all_lines_read_like_those_of_a_sieve() -> None:
    ring = LogRing(4000)
    fill(ring, 1000)
    every = Unsieved(ring)
    assert [every[index] for index in range(len(every))] == list(range(ring.first, 1000))
    assert [every.at_or_after(number) for number in (0, ring.first + 1, 5000)] == [0, 1, len(every)]
    assert every.after(ring.first) == 1


def test_the_lines_of_now_are_read_whole_while_the_ring_goes_on() -> None:
    ring = LogRing(20_000)
    fill(ring, 300)
    ring.note(0, "began again")
    fill(ring, 99)
    all_lines, even = wanted_now(ring, None), wanted_now(ring, Even())
    expected = [number for number in range(ring.first, 400) if number != 300]
    read = [next(all_lines).number]
    fill(ring, 5_000)
    assert ring.first > 400
    read += [line.number for line in all_lines]
    assert read == expected
    assert [int(line.text) for line in even] == [number for number in expected if number % 2 == 0]
