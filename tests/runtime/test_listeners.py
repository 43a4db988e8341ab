"""Whom to tell: all of them, whatever one of them does."""

from kty.runtime.listeners import Listeners


def test_they_are_told_in_their_order_until_they_stop() -> None:
    listeners, told = Listeners(), []
    stop = listeners.add(lambda: told.append("first"))
    listeners.add(lambda: told.append("second"))
    listeners.tell()
    stop()
    stop()
    listeners.tell()
    assert told == ["first", "second", "second"]


def test_one_may_stop_while_it_is_told() -> None:
    listeners, told = Listeners(), []

    def once() -> None:
        told.append("once")
        stop()

    stop = listeners.add(once)
    listeners.add(lambda: told.append("other"))
    listeners.tell()
    listeners.tell()
    assert told == ["once", "other", "other"]


def test_the_same_function_twice_is_told_twice_and_stops_once() -> None:
    listeners, told = Listeners(), []

    def tell() -> None:
        told.append("told")

    listeners.add(tell)
    listeners.add(tell)()
    listeners.tell()
    assert told == ["told"]


def test_one_that_fails_harms_neither_the_teller_nor_the_others(faulty_listeners: list[str]) -> None:
    listeners, told = Listeners(), []
    listeners.add(lambda: 1 / 0)
    listeners.add(lambda: told.append("still here"))
    listeners.tell()
    assert told == ["still here"]
    assert ["ZeroDivisionError" in each for each in faulty_listeners] == [True]
    faulty_listeners.clear()  # it was meant
