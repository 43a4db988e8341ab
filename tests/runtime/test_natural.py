import re
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from kty.runtime.natural import natural, natural_key

Token: TypeAlias = tuple[int, str | int]


def tokens(text: str) -> list[Token]:
    """Return what people compare by: signs before numbers before letters, numbers by their value.

    Digits before a letter are no number: each of them counts for itself.
    """
    return [
        (1, int(token)) if token.isdecimal() else (2 if token.isalpha() else 0, token)
        for token in re.findall("[0-9]+(?![0-9a-z])|.", text.lower())
    ]


def test_numbers_sort_by_their_value() -> None:
    names = ["web-10", "web-2", "web-1", "web", "web-100.a", "web-100", "web-99"]
    assert sorted(names, key=natural) == ["web", "web-1", "web-2", "web-10", "web-99", "web-100", "web-100.a"]


def test_digits_in_a_hash_sort_as_kubectl_has_them() -> None:
    assert sorted(["app-9wrnh", "app-6bm7k", "app-68lsb"], key=natural) == ["app-68lsb", "app-6bm7k", "app-9wrnh"]


def test_capitals_sort_beside_small_letters() -> None:
    assert sorted(["b", "B", "a", "C", "A"], key=natural) == ["a", "A", "b", "B", "C"]


def test_zeros_before_a_number_decide_last() -> None:
    assert sorted(["a02", "a1", "a2-b", "a2", "a002", "a3"], key=natural) == ["a1", "a2", "a002", "a02", "a2-b", "a3"]


def test_long_numbers_sort_by_their_value() -> None:
    numbers = [10**digits + more for digits in range(1, 300) for more in (0, 1)]
    assert sorted(map(str, numbers), key=natural) == [str(number) for number in numbers]


NAMES = st.text(alphabet="ab-.0129AB", max_size=8)


@given(st.lists(NAMES))
def test_names_sort_as_people_read_them(names: list[str]) -> None:
    read = [tokens(name) for name in sorted(names, key=natural)]
    assert read == sorted(read)


@given(
    st.lists(st.text(), unique=True) | st.lists(st.text(alphabet="a0\x01\x02A", max_size=4), unique=True, min_size=30)
)
def test_no_two_texts_have_the_same_key(texts: list[str]) -> None:
    assert len({natural(text) for text in texts}) == len(texts)


NAMESPACES = st.sampled_from(["a", "a-1", "a1", "a01", "a001", "a1b", "a10", "b"])


@given(st.lists(st.tuples(NAMESPACES, NAMES), min_size=10))
def test_keys_sort_by_namespace_and_then_by_name(keys: list[tuple[str, str]]) -> None:
    assert sorted(keys, key=natural_key) == sorted(keys, key=lambda key: (natural(key[0]), natural(key[1])))
