"""The tree of errors is the one that is drawn, and each of them is a sentence."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import pytest

import kty
from kty import errors
from kty.errors import ClusterError, KtyError, StatusError, Unfinished, UsageError


def drawn() -> Iterator[tuple[str, str]]:
    """Yield each class of the drawing with its parent."""
    above: list[str] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        if found := re.match(r"([│├└─ ]*)([A-Z]\w+)(?:  |$)", line):
            depth = len(found[1]) // 4
            del above[depth:]
            yield found[2], above[-1] if above else "Exception"
            above.append(found[2])


def defined() -> dict[str, type[BaseException]]:
    return {name: each for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}


def test_the_tree_is_the_one_that_is_drawn() -> None:
    assert list(drawn()) == [(name, each.__bases__[0].__name__) for name, each in defined().items()]


def test_what_stands_beside_each_is_what_it_says_of_itself() -> None:
    drawing = inspect.getdoc(errors)
    assert drawing is not None
    for name, each in defined().items():
        beside = re.search(rf"\b{name}\b *(.*)", drawing)
        said = (each.__doc__ or "").rstrip(".").lower().replace(" or ", ", ")
        assert beside is not None
        assert said
        assert said.startswith(beside[1].lower().replace(" or ", ", "))


def test_other_modules_define_no_more_than_ways_of_being_wrong() -> None:
    for module in pkgutil.walk_packages(kty.__path__, "kty."):
        if module.name != "kty.__main__":
            import_module(module.name)
    elsewhere = [each for each in subclasses(KtyError) if each.__module__ not in ("kty.errors", __name__)]
    assert all(issubclass(each, UsageError) for each in elsewhere if each.__module__.startswith("kty.")), elsewhere


def subclasses(of: type[KtyError]) -> Iterator[type[KtyError]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


@pytest.mark.parametrize("name", defined())
def test_each_is_a_sentence_with_what_to_do_next(name: str) -> None:
    make = defined()[name]
    plain, hinted = make("it broke"), make("it broke", hint="mend it")  # type: ignore[call-arg]
    assert isinstance(plain, KtyError)
    assert isinstance(hinted, KtyError)
    assert (str(plain), plain.sentence(), plain.hint) == ("it broke", "it broke", "")
    assert (str(hinted), hinted.sentence(), hinted.hint) == ("it broke", "it broke: mend it", "mend it")


def test_a_status_error_says_what_the_server_said() -> None:
    error = StatusError("slow down", code=429, reason="TooManyRequests", retry_after=2.0)
    assert (error.code, error.reason, error.retry_after) == (429, "TooManyRequests", 2.0)
    assert (StatusError("x").code, StatusError("x").reason, StatusError("x").retry_after) == (0, "", None)
    assert issubclass(StatusError, ClusterError)


def test_what_stands_in_the_way_is_named_once() -> None:
    left = ["a/one: it stays", "a/two: it stays", "b/one: it goes", "b/two: it goes"]
    assert Unfinished("not done", left=left[:1], hint="wait").sentence() == "not done (a/one: it stays): wait"
    assert Unfinished(f"not done: {left[0]}", left=left[:1]).sentence() == "not done: a/one: it stays"
    assert Unfinished("no", left=left).sentence() == "no (a/one: it stays; a/two: it stays; b/one: it goes; and 1 more)"
