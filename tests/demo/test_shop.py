"""The small shop: lived in, in trouble, the same each time, and quick to open."""

import json

import pytest

from kty.demo.demo import Demo
from kty.demo.shop import open_shop
from kty.demo.tables import encoder
from kty.kube.objects import Object, epoch
from tests.demo.living import word
from tests.runtime.fake_clock import FakeClock

SCREEN = 40
"""Rows that kty shows at once in a terminal of 45 lines."""


class _Shop:
    def __init__(self, seed: int = 0) -> None:
        self.clock = FakeClock()
        self.demo = Demo(clock=self.clock, seed=seed)
        open_shop(self.demo.registry, self.demo.life)

    def all(self, kind: str, namespace: str = "") -> list[Object]:
        return self.demo.registry.list(kind, namespace)

    def statuses(self) -> list[tuple[str, str, str]]:
        """Return namespace, name and status of each pod, as the first screen has them."""
        from kty.kube.codecs import ObjectCodec
        from kty.views.pods import VIEW

        codec = ObjectCodec(VIEW.reads, lambda pod: tuple(column.get(pod) for column in VIEW.columns))
        rows = [codec._item(held.body).row for held in self.demo.registry.store.held("pods")]
        return [(row.namespace, row.name, str(row.cells[1])) for row in rows]

    def live(self, seconds: float) -> int:
        """Let time pass, and return how many writes there were."""
        life, end, before = self.demo.life, self.clock.now() + seconds, self.demo.registry.store.version
        life.settle()
        while (due := life.next_due()) is not None and due <= end:
            self.clock.move(max(due - self.clock.now(), 0.0))
            life.settle()
        self.clock.move(max(end - self.clock.now(), 0.0))
        life.settle()
        return self.demo.registry.store.version - before


@pytest.fixture(scope="module")
def shop() -> _Shop:
    return _Shop()


def test_there_is_much_to_see(shop: _Shop) -> None:
    counts = {kind.id: len(shop.all(kind.id)) for kind in shop.demo.kinds if kind.is_stored}
    assert 38 <= counts["pods"] <= 50
    assert 3 <= counts["nodes"] <= 4
    assert not [kind for kind, count in counts.items() if not count]


def test_the_trouble_is_there(shop: _Shop) -> None:
    words = {status for _, _, status in shop.statuses()}
    assert {"Running", "Completed", "CrashLoopBackOff", "ImagePullBackOff", "Pending", "Error", "Evicted"} <= words
    assert "Terminating" not in words
    (job,) = [job for job in shop.all("jobs.batch") if job["metadata"]["name"] == "migrate-orders"]
    assert {each["type"] for each in job["status"]["conditions"]} == {"FailureTarget", "Failed"}
    (node,) = [
        node
        for node in shop.all("nodes")
        if any(each["type"] == "MemoryPressure" and each["status"] == "True" for each in node["status"]["conditions"])
    ]
    assert [taint["key"] for taint in node["spec"]["taints"]] == ["node.kubernetes.io/memory-pressure"]


def test_the_crash_loop_is_on_the_first_screen(shop: _Shop) -> None:
    first = sorted(shop.statuses())[:SCREEN]
    assert [name for _, name, status in first if status == "CrashLoopBackOff"]


def test_the_pending_pod_says_why(shop: _Shop) -> None:
    (pod,) = [pod for pod in shop.all("pods", "shop") if pod["metadata"]["name"].startswith("reports-")]
    (condition,) = pod["status"]["conditions"]
    why = (
        "0/4 nodes are available: 2 Insufficient cpu, 2 node(s) had untolerated taint(s). no new claims to deallocate, "
    )
    assert condition["message"].startswith(why)


def test_it_looks_lived_in(shop: _Shop) -> None:
    now = shop.clock.now()
    ages = {(now - (epoch(pod["metadata"]["creationTimestamp"]) or 0)) // 3600 for pod in shop.all("pods")}
    assert min(ages) == 0
    assert max(ages) > 24 * 20
    assert len(ages) > 6
    for kind in shop.demo.kinds:
        for obj in shop.all(kind.id):
            assert (epoch(obj["metadata"]["creationTimestamp"]) or 0) <= now, obj
    sets = [each for each in shop.all("replicasets.apps", "shop") if each["metadata"]["name"].startswith("cart-")]
    assert sorted(each["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for each in sets) == [
        "1",
        "2",
        "3",
    ]


def test_its_events_are_of_the_last_hour(shop: _Shop) -> None:
    events = shop.all("events")
    assert len(events) > 20
    reasons = {each["reason"] for each in events}
    assert {"BackOff", "Failed", "FailedScheduling", "Evicted", "EvictionThresholdMet", "SuccessfulCreate"} <= reasons
    for each in events:
        first = epoch(each.get("firstTimestamp") or each.get("eventTime"))
        assert shop.clock.now() - 3600 <= (first or 0) <= shop.clock.now()


def test_who_wrote_what_is_noted_for_what_people_own(shop: _Shop) -> None:
    deployment = shop.demo.registry.get("deployments.apps", "shop", "cart")
    assert {each["manager"] for each in deployment["metadata"]["managedFields"]} == {"helm"}


def test_one_configmap_is_hard_to_show(shop: _Shop) -> None:
    odd = shop.demo.registry.get("configmaps", "shop", "odd-characters")
    assert "\x1b[31m" in odd["data"]["control.bin"]
    assert "\u202e" in odd["data"]["right-to-left"]


def test_the_controllers_find_nothing_to_do_at_once(shop: _Shop) -> None:
    version = shop.demo.registry.store.version
    shop.demo.life.settle()
    assert shop.demo.registry.store.version == version


def test_columns_of_the_kind_of_its_own(shop: _Shop) -> None:
    from kty.demo.listing import Page
    from kty.demo.negotiation import Form

    kind = "promotions.shop.example.com"
    page = Page(1, shop.demo.registry.store.held(kind))
    table = json.loads(encoder(shop.demo.kinds[kind], Form.TABLE, "None", shop.clock.now()).page(page))
    assert [column["name"] for column in table["columnDefinitions"]] == [
        "Name",
        "Discount",
        "Phase",
        "Redeemed",
        "Until",
        "Age",
    ]
    assert ["winter-sale", 40, "Planned"] in [row["cells"][:3] for row in table["rows"]]


def test_the_same_clock_and_seed_give_the_same_shop(shop: _Shop) -> None:
    def told(shop: _Shop) -> dict[str, list[bytes]]:
        return {kind.id: [held.body for held in shop.demo.registry.store.held(kind.id)] for kind in shop.demo.kinds}

    again, other = _Shop(), _Shop(seed=1)
    assert told(again) == told(_Shop())
    assert told(again) != told(other)


def test_things_go_on_gently() -> None:
    shop = _Shop()
    (crash,) = [pod for pod in shop.all("pods", "shop") if pod["metadata"]["name"].startswith("email-worker-")]
    before = crash["status"]["containerStatuses"][0]["restartCount"]
    jobs = {job["metadata"]["name"] for job in shop.all("jobs.batch")}
    writes = shop.live(1200)
    crash = shop.demo.registry.get("pods", "shop", crash["metadata"]["name"])
    assert crash["status"]["containerStatuses"][0]["restartCount"] >= before + 2
    assert word(crash) in ("CrashLoopBackOff", "Error", "running")
    assert {job["metadata"]["name"] for job in shop.all("jobs.batch")} - jobs
    assert writes / 1200 < 1.5
