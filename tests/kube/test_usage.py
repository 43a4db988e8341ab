"""What metrics.k8s.io says, as numbers."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import NotKubernetes
from kty.kube.objects import Key
from kty.kube.quantity import Quantity, QuantityMistake, measured
from kty.kube.usage import NODE_METRICS, POD_METRICS, Usage, read_usages

AT = "2026-01-02T03:04:05Z"


def pod(name: str, **containers: dict[str, str]) -> dict[str, Any]:
    parts = [{"name": each, "usage": usage} for each, usage in containers.items()]
    return {"metadata": {"name": name, "namespace": "shop"}, "timestamp": AT, "window": "15s", "containers": parts}


def read(*items: Any, kind: str = "PodMetricsList") -> dict[Key, Usage]:
    return dict(read_usages(json.dumps({"kind": kind, "items": items}).encode()))


def test_each_container_of_a_pod_is_a_part() -> None:
    found = read(pod("web", app={"cpu": "12345678n", "memory": "1024Ki"}, proxy={"cpu": "3m", "memory": "5M"}))
    usage = found["shop", "web"]
    assert usage.parts == ("app", "proxy")
    assert usage.cpu == pytest.approx((0.012345678, 0.003))
    assert usage.memory == (2**20, 5e6)
    assert usage.at == 1767323045.0
    assert usage.only("proxy") == Usage(usage.at, ("",), (0.003,), (5e6,))
    assert usage.only("other") is None


def test_a_node_is_one_part() -> None:
    node = {"metadata": {"name": "n"}, "timestamp": AT, "usage": {"cpu": "1500m", "memory": "2Gi"}}
    assert read(node, kind="NodeMetricsList") == {("", "n"): Usage(1767323045.0, ("",), (1.5,), (2.0**31,))}


def test_what_is_odd_is_left_out_and_harms_nobody() -> None:
    good = pod("good", app={"cpu": "1", "memory": "1Ki"})
    odd = pod("odd", app={"cpu": "much", "memory": "1Ki"})
    huge = [pod("huge", app={"cpu": f"{'9' * digits}E", "memory": "1Ki"}) for digits in (300, 5000)]
    odder: list[Any] = [7, {}, {"metadata": {"name": "x"}, "containers": [{"name": "y"}]}, odd, *huge]
    assert set(read(*odder, good)) == {("shop", "good")}


def test_a_pod_without_a_time_is_read_and_one_of_which_nothing_was_measured_is_not() -> None:
    of = {"metadata": {"name": "w", "namespace": "shop"}}
    assert read({**of, "containers": []}) == {}
    found = read({**of, "containers": [{"name": "app", "usage": {"cpu": "1", "memory": "2"}}]})
    assert found == {("shop", "w"): Usage(0.0, ("app",), (1.0,), (2.0,))}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"kind":"Status"}', b"\xff"])
def test_what_is_no_list_says_so(body: bytes) -> None:
    with pytest.raises(NotKubernetes):
        read_usages(body)


def test_the_paths_are_those_of_the_api() -> None:
    assert POD_METRICS.path("shop") == "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"
    assert NODE_METRICS.path() == "/apis/metrics.k8s.io/v1beta1/nodes"


@given(
    st.integers(0, 2**53), st.sampled_from(["", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "Ti", "e3", "E", "Ei"])
)
def test_an_amount_is_what_the_exact_quantity_is(number: int, suffix: str) -> None:
    text = f"{number}{suffix}"
    exact = Quantity.parse(text)
    if exact.nano < (2**63 - 1) * 10**9:  # beyond that, quantities are cut
        assert measured(text) == pytest.approx(float(exact))


@pytest.mark.parametrize("text", ["", "m", "i", "Ki", "x", "1x", "1 m", "1_0m", "٣m", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(QuantityMistake):
        measured(text)


@pytest.mark.parametrize(("text", "amount"), [("1.5", 1.5), ("-1", -1.0), ("0.25Gi", 2.0**28), ("1e3", 1000.0)])
def test_rarer_forms_are_read_too(text: str, amount: float) -> None:
    assert measured(text) == amount
