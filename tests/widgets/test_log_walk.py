"""Where in a log a screen stands while lines go from the ring that nobody was told of yet."""

from kty.widgets.log_filter import phrase
from kty.widgets.log_ring import LogLine, LogRing
from kty.widgets.log_sieve import LogSieve
from kty.widgets.log_walk import LogWalk

HEIGHT = 10


def one(_: LogLine) -> int:
    return 1


def filtered(count: int) -> tuple[LogRing, LogWalk]:
    """Return a small ring of lines that all get through, and a walk whose filter has seen them."""
    ring = LogRing(4096)
    walk = LogWalk(ring)
    ring.append(0, [b"error %d" % number for number in range(count)], [1] * count)
    wanted = phrase("error")
    assert wanted is not None
    order = LogSieve(ring, wanted)
    while order.work(1.0):
        pass
    walk.order = order
    return ring, walk


def crowd(ring: LogRing, count: int) -> int:
    """Let lines come that do not get through; return the number of the oldest that is there then."""
    ring.append(0, [b"x" * 100] * count, [1] * count)
    assert ring.first > 0
    return ring.first


def test_a_followed_log_leaves_out_what_went_since_the_filter_looked() -> None:
    ring, walk = filtered(5)
    assert [number for number, _ in walk.places(HEIGHT, one)] == [0, 1, 2, 3, 4]
    crowd(ring, 60)
    assert walk.places(HEIGHT, one) == []
    assert walk.last_screen(HEIGHT, one) == (ring.first, 0)


def test_a_paused_log_moves_on_from_a_line_that_went() -> None:
    ring, walk = filtered(120)
    walk.go_to_first(HEIGHT, one)
    first = crowd(ring, 12)
    assert first < 120 - HEIGHT
    assert walk.places(HEIGHT, one) == [(number, 0) for number in range(first, first + HEIGHT)]
    walk.move(1, HEIGHT, one)
    assert walk.places(HEIGHT, one)[0] == (first + 1, 0)
    walk.move(-3, HEIGHT, one)
    assert walk.places(HEIGHT, one)[0] == (first, 0)


def test_a_line_is_shown_though_those_before_it_went() -> None:
    ring, walk = filtered(120)
    walk.go_to_first(HEIGHT, one)
    first = crowd(ring, 12)
    walk.show(100, HEIGHT, one)
    assert (100, 0) in walk.places(HEIGHT, one)
    assert walk.places(HEIGHT, one)[0][0] >= first


def test_lines_that_came_since_the_pause_and_went_are_not_counted() -> None:
    ring, walk = filtered(5)
    walk.pause(HEIGHT, one)
    ring.append(0, [b"error again"] * 3, [1] * 3)
    assert isinstance(walk.order, LogSieve)
    walk.order.work(1.0)
    assert walk.new == 3
    crowd(ring, 60)
    assert walk.new == 0


def test_all_lines_that_came_since_the_pause_are_counted_though_some_went() -> None:
    ring = LogRing(4096)
    walk = LogWalk(ring)
    walk.pause(HEIGHT, one)
    crowd(ring, 60)
    assert len(ring) < 60
    assert walk.new == 60
