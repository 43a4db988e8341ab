"""Who may come in, as far as an address tells: the doorway, the rate and the penalties, on a clock of their own."""

from contextlib import ExitStack
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.ssh.crowd import Crowd
from kty.ssh.doorway import LINGERS, Doorway
from kty.ssh.gate import Gate
from kty.ssh.limits import Limits, Penalties, is_among, networks
from kty.ssh.penalties import PenaltyBox
from kty.ssh.rate import Rate


class Now:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def now() -> Now:
    return Now()


def nobody() -> None:
    raise AssertionError("somebody who may stand has to go")


# The doorway


def test_the_doorway_is_full_of_all_and_of_one(now: Now) -> None:
    door = Doorway(Limits(unauthenticated=3, unauthenticated_per_address=2), now=now)
    with door.standing("10.0.0.1", nobody), door.standing("10.0.0.1", nobody):
        assert door.why_not("10.0.0.1") == (
            "unauthenticated-per-address",
            "2 connections from there have not logged in yet",
        )
        assert door.why_not("10.0.0.2") == ("", "")
        with door.standing("10.0.0.2", nobody):
            assert door.why_not("10.0.0.3") == ("unauthenticated", "3 connections have not logged in yet")
    assert len(door) == 0
    assert door.why_not("10.0.0.1") == ("", "")


def test_who_lingers_makes_room_first_where_most_are_from(now: Now) -> None:
    door = Doorway(Limits(unauthenticated=4, unauthenticated_per_address=3), now=now)
    went: list[str] = []
    with ExitStack() as standing:
        for who in ("10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.3"):
            standing.enter_context(door.standing(who, partial(went.append, who)))
            now.passes(0.1)
        assert door.why_not("10.0.0.4")[0] == "unauthenticated"
        now.passes(LINGERS)
        assert door.why_not("10.0.0.4") == ("", "")
        standing.enter_context(door.standing("10.0.0.4", nobody))
        assert went == ["10.0.0.2"]
        standing.enter_context(door.standing("10.0.0.4", nobody))
        assert went == ["10.0.0.2", "10.0.0.1"]
        assert len(door) == 4
    assert len(door) == 0


def test_who_lingers_makes_room_for_one_from_the_same_address(now: Now) -> None:
    door = Doorway(Limits(unauthenticated=10, unauthenticated_per_address=2), now=now)
    went: list[int] = []
    with ExitStack() as standing:
        standing.enter_context(door.standing("10.0.0.2", nobody))
        for number in range(2):
            standing.enter_context(door.standing("10.0.0.1", partial(went.append, number)))
        now.passes(LINGERS)
        standing.enter_context(door.standing("10.0.0.1", nobody))
    assert went == [0]


# The rate


def test_a_bucket_is_emptied_at_once_and_filled_again_in_time(now: Now) -> None:
    rate = Rate(2.0, 3, 100, now=now)
    assert [rate.takes("a") for _ in range(5)] == [True, True, True, False, False]
    assert rate.takes("b")
    now.passes(1.0)
    assert [rate.takes("a") for _ in range(3)] == [True, True, False]
    now.passes(1000.0)
    assert [rate.takes("a") for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 0.3)), max_size=300))
def test_no_more_are_remembered_than_may_be_and_none_is_let_through_too_often(comes: list[tuple[int, float]]) -> None:
    now = Now()
    rate = Rate(1.0, 2, 20, now=now)
    began = now.seconds
    taken = [0] * 51
    for who, pause in comes:
        now.passes(pause)
        taken[who] += rate.takes(str(who))
        assert len(rate) <= 20
    if len({who for who, _ in comes}) <= 20:
        assert all(count <= 2 + (now.seconds - began) * 1.0 + 1e-6 for count in taken)


# Penalties


def test_penalties_add_up_and_what_is_little_is_forgiven(now: Now) -> None:
    box = PenaltyBox(Penalties(min=15, max=60), now=now)
    for _ in range(3):
        box.add("a", 5, "nobody there could log in")
    assert box.why_not("a") == ""
    box.add("a", 5, "nobody there could log in")
    assert box.why_not("a") == "for 20 s more, since nobody there could log in"
    assert box.why_not("b") == ""
    now.passes(19)
    assert box.why_not("a").startswith("for 1 s more")
    now.passes(1)
    assert box.why_not("a") == ""
    assert len(box) == 0
    for _ in range(100):
        box.add("a", 5, "x")
    assert box.why_not("a") == "for 60 s more, since x"


def test_one_that_is_large_counts_at_once_and_none_never(now: Now) -> None:
    box = PenaltyBox(Penalties(), now=now)
    box.add("a", 90, "it crashed")
    assert box.why_not("a")
    box.add("b", 0, "it crashed")
    assert len(box) == 1


def test_where_too_many_have_one_those_go_first_that_would_be_free_first(now: Now) -> None:
    box = PenaltyBox(Penalties(max_sources=100, max=10_000), now=now)
    for number in range(1, 151):
        box.add(str(number), 20 + number, "x")
        assert len(box) <= 100
    assert box.why_not("150")
    assert not box.why_not("1")


# All of it


def test_the_gate_asks_all_and_says_which_limit_it_was(now: Now) -> None:
    gate = Gate(Limits(rate_per_address=1, burst_per_address=4), now=now)
    assert [gate.why_not("10.0.0.1")[0] for _ in range(5)] == ["", "", "", "", "rate"]
    assert gate.why_not("10.0.0.2")[0] == ""
    for _ in range(4):
        gate.failed("2001:db8::1")
    reason, why = gate.why_not("2001:db8::2")  # the same /64
    assert (reason, why) == ("penalty", "for 20 s more, since nobody there could log in")
    assert gate.penalized == 1
    assert gate.why_not("2001:db8:0:1::1")[0] == ""


@pytest.mark.parametrize(("does", "times"), [("failed", 4), ("did_nothing", 16), ("was_slow", 2), ("broke_off", 1)])
def test_each_deed_has_its_penalty(now: Now, does: str, times: int) -> None:
    gate = Gate(Limits(), now=now)
    for _ in range(times):
        assert gate.why_not("10.0.0.1")[0] != "penalty"
        getattr(gate, does)("10.0.0.1")
    assert gate.why_not("10.0.0.1")[0] == "penalty"


def test_who_is_exempt_or_trusted_has_neither_rate_nor_penalties(now: Now) -> None:
    gate = Gate(Limits(burst_per_address=1, exempt=("10.0.0.0/8", "::1")), trusted=("192.0.2.1",), now=now)
    for address in ("10.1.2.3", "::1", "192.0.2.1", "::ffff:10.1.2.3"):
        for _ in range(20):
            gate.broke_off(address)
            assert gate.why_not(address) == ("", "")
    assert gate.penalized == 0
    gate.broke_off("127.0.0.1")
    assert gate.why_not("127.0.0.1")[0] == "penalty"


def test_what_is_no_address_is_among_none() -> None:
    known = networks(("10.0.0.0/8", "fe80::/10"))
    assert is_among("fe80::1%eth0", known)
    assert not is_among("/run/socket", known)
    with pytest.raises(ValueError, match="does not appear to be"):
        networks(("nowhere",))
    with pytest.raises(ValueError, match="has host bits set"):
        networks(("10.0.0.5/8",))  # whoever wrote it meant one of two things


def test_a_crowd_knows_what_each_person_has() -> None:
    crowd = Crowd(Limits(connections_per_person=1, sessions_per_person=2))
    crowd.came("anna")
    assert crowd.why_no_connection("anna") == "one person may have 1 connections at once"
    assert not crowd.why_no_connection("ben")
    for _ in range(2):
        assert not crowd.why_no_session("anna")
        crowd.opened("anna")
    assert crowd.why_no_session("anna") == "one person may have 2 sessions at once"
    crowd.closed("anna")
    assert not crowd.why_no_session("anna")
    crowd.left("anna")
    assert crowd.people == 0
