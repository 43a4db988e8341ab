"""Which version of an API is the better one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.versions import order

BEST_FIRST = [
    "v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v2beta11", "v2beta2", "v2beta1", "v1beta1", "v12alpha1",
    "v11alpha2", "v2alpha10", "v2alpha2", "2v", "V1", "foo1", "foo10", "v", "v-1", "v1.2", "v1beta", "v1beta1x",
    "v1gamma1", "v1rc1", "v9223372036854775808", "vbeta1", "web",
]  # fmt: skip


def test_the_stable_come_first_then_the_newer_then_words_by_the_alphabet() -> None:
    shuffled = random.Random(7).sample(BEST_FIRST, len(BEST_FIRST))
    assert sorted(shuffled, key=order) == BEST_FIRST


@pytest.mark.parametrize(("one", "other"), [("v1", "v01"), ("v1beta2", "v01beta02")])
def test_zeros_before_a_number_change_nothing(one: str, other: str) -> None:
    assert order(one) == order(other)


@given(st.text(), st.text())
def test_any_two_words_have_an_order(one: str, other: str) -> None:
    assert (order(one) < order(other)) + (order(other) < order(one)) == (one != other)
