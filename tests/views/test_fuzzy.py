from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.views.fuzzy import EXACT, INSIDE, PREFIX, SCATTERED, WORD, Fit, fit


@pytest.mark.parametrize(
    ("typed", "name", "kind"),
    [
        ("po", "po", EXACT),
        ("PO", "po", EXACT),
        ("pod", "Pod", EXACT),
        ("dep", "deployments", PREFIX),
        ("volume", "PersistentVolumeClaim", WORD),
        ("sys", "kube-system", WORD),
        ("cert-manager", "certificates.cert-manager.io", WORD),
        ("pvc", "PersistentVolumeClaim", WORD),
        ("vc", "PersistentVolumeClaim", WORD),
        ("tes", "tea-contest-tests", WORD),
        ("service", "APIService", WORD),
        ("ploy", "deployments", INSIDE),
        ("dpl", "deployments", SCATTERED),
        ("kbsy", "kube-system", SCATTERED),
        ("sem", "kube-system", SCATTERED),
    ],
)
def test_letters_fit_a_name(typed: str, name: str, kind: int) -> None:
    found = fit(typed, name)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(("typed", "name"), [("x", "pods"), ("podsx", "pods"), ("bs", "kube-system"), ("dop", "pods")])
def test_other_letters_do_not(typed: str, name: str) -> None:
    assert fit(typed, name) is None


def test_scattered_letters_fit_as_well_as_they_do_anywhere() -> None:
    assert fit("ksb", "ki-sab-kube-sab") == Fit(SCATTERED, 3)
    assert fit("ksb", "kube-sab-ki-sab") == Fit(SCATTERED, 3)


def test_scattered_letters_fit_only_where_that_is_wanted() -> None:
    assert fit("dpl", "deployments", scattered=False) is None
    assert fit("ploy", "deployments", scattered=False) is not None


def test_the_better_fit_is_the_smaller_one() -> None:
    names = ["web", "web-1", "web-front", "my-web", "w-e-b", "cobweb", "we-are-back"]
    found = [fit("web", name) for name in names]
    assert all(left < right for left, right in pairwise(one for one in found if one is not None))
    assert None not in found


def test_nothing_typed_fits_every_name_alike() -> None:
    assert fit("", "web") == fit("", "kube-system") == fit("", "")


@given(st.text(), st.text())
def test_a_name_fits_itself_and_every_part_of_it(before: str, after: str) -> None:
    name = before + after
    assert fit(name, name) is not None
    assert fit(before, name) is not None
    assert fit(after, name) is not None or len(name.lower()) != len(name)
