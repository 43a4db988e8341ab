"""Versions, the journal, and what can be read back from it."""

from kty.demo.journal import Change, Journal
from kty.demo.store import Store


def obj(name: str, **more: object) -> dict[str, object]:
    return {"metadata": {"namespace": "n", "name": name, "uid": f"uid-{name}"}, **more}


def names(store: Store, version: int) -> list[str] | None:
    held = store.held_at("things", version)
    return None if held is None else [each.name for each in held]


def test_every_write_is_a_version_and_the_past_can_be_read() -> None:
    store = Store()
    store.put("things", obj("b"))
    store.put("others", obj("x"))
    store.put("things", obj("a"))
    store.put("things", obj("b", data="new"))
    store.remove("things", obj("a"))
    assert store.version == 5
    assert [names(store, version) for version in range(6)] == [[], ["b"], ["b"], ["a", "b"], ["a", "b"], ["b"]]
    then = (store.held_at("things", 1) or [])[0]
    (now,) = store.held("things")
    assert (then.version, b"new" in then.body) == (1, False)
    assert (now.version, b"new" in now.body) == (4, True)


def test_what_is_compacted_is_gone() -> None:
    store = Store()
    for name in "abcd":
        store.put("things", obj(name))
    store.journal.compact(2)
    assert names(store, 1) is None
    assert names(store, 2) == ["a", "b"]
    assert store.journal.since("things", 1) is None
    assert [change.name for change in store.journal.since("things", 2) or ()] == ["c", "d"]
    assert store.journal.since("nothing", 4) == []


def test_the_journal_keeps_to_its_depth() -> None:
    store = Store(Journal(depth=100))
    for number in range(1_000):
        store.put(f"kind-{number % 7}", obj(f"o{number % 10}"))
        kept = sum(len(store.journal.since(f"kind-{kind}", store.journal.compacted) or ()) for kind in range(7))
        assert kept <= 100
    assert store.journal.compacted >= 850


def test_an_owner_knows_its_own() -> None:
    store = Store()
    owner = {"ownerReferences": [{"uid": "boss"}]}
    for name in ("a", "b"):
        store.put("things", {"metadata": {"namespace": "n", "name": name, **owner}})
    store.put("things", {"metadata": {"namespace": "n", "name": "c"}})
    assert [held.name for held in store.owned("boss", "things")] == ["a", "b"]
    store.put("things", {"metadata": {"namespace": "n", "name": "a"}})
    store.remove("things", {"metadata": {"namespace": "n", "name": "b"}})
    assert store.owned("boss", "things") == []


def test_whoever_listens_hears_everything_in_order() -> None:
    """What a listener writes is told after what it was told, to all alike."""
    store = Store()
    heard: list[list[int]] = [[], []]

    def first(change: Change) -> None:
        heard[0].append(change.version)
        if change.name == "a":
            store.put("things", obj("because of a"))

    stop = store.on_change(first)
    store.on_change(lambda change: heard[1].append(change.version))
    store.put("things", obj("a"))
    store.put("things", obj("b"))
    assert heard == [[1, 2, 3], [1, 2, 3]]
    stop()
    store.put("things", obj("c"))
    assert [len(each) for each in heard] == [3, 4]
