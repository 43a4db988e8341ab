"""Entries against a script, and what grafting keeps."""

from typing import Any, Unpack

import msgspec
import pytest
from msgspec import Struct

from kty.errors import Conflict, KtyError, Malformed, NotFound
from kty.kube.entry import Entry
from kty.kube.grafting import graft
from kty.kube.kinds import ConfigMap
from kty.kube.objects import Object
from kty.kube.parameters import WriteOptions
from kty.kube.shapes import TableRow

STORED: Object = {"kind": "ConfigMap", "metadata": {"name": "a", "resourceVersion": "1"}, "data": {"n": "0"}, "more": 1}


class Script:
    """Each call answers with the next line; an error in the line is raised. What is written is kept."""

    def __init__(self, *answers: Object | KtyError | None) -> None:
        self.answers = list(answers)
        self.written: list[tuple[str, Object, Any]] = []

    def _next(self) -> Object | None:
        answer = self.answers.pop(0)
        if isinstance(answer, KtyError):
            raise answer
        return answer

    async def get_opt(self, name: str, *, version: str = "") -> Object | None:
        return self._next()

    async def create(self, obj: Object, **options: Unpack[WriteOptions]) -> Object:
        self.written.append(("create", obj, options))
        return self._next() or obj

    async def replace(self, name: str, obj: Object, **options: Unpack[WriteOptions]) -> Object:
        self.written.append(("replace", obj, options))
        return self._next() or obj


async def entry(script: Script) -> Entry[ConfigMap]:
    found = Entry("a", ConfigMap, script)
    await found.read()
    return found


def count(obj: ConfigMap) -> None:
    obj.data["n"] = str(int(obj.data.get("n", "0")) + 1)


async def test_what_was_not_changed_is_not_written() -> None:
    script = Script(STORED)
    found = await entry(script)
    obj = await found.and_modify(lambda _: None).or_insert(ConfigMap).commit()
    assert (obj.data, script.written) == ({"n": "0"}, [])


async def test_only_what_changed_is_other_than_before() -> None:
    script = Script(STORED, None)
    obj = await (await entry(script)).and_modify(count).commit(field_manager="me")
    assert script.written == [("replace", {**STORED, "data": {"n": "1"}}, {"field_manager": "me"})]
    assert obj.data == {"n": "1"}


class Deep(Struct):
    data: dict[str, Any]


@pytest.mark.parametrize("kind", [dict, dict[str, Any], Deep])
async def test_a_change_deep_inside_is_seen(kind: Any) -> None:
    script = Script({**STORED, "data": {"a": {"b": [1]}}}, None)
    found: Entry[Any] = Entry("a", kind, script)
    await found.read()
    obj: Any = found.obj
    (obj["data"] if isinstance(obj, dict) else obj.data)["a"]["b"].append(2)
    await found.commit()
    assert [written["data"] for _, written, _ in script.written] == [{"a": {"b": [1, 2]}}]


async def test_what_is_missing_is_created_under_its_name() -> None:
    script = Script(None, None)
    found = await entry(script)
    assert (found.exists, found.obj) == (False, None)
    await found.and_modify(count).or_insert(lambda: ConfigMap(data={"n": "7"})).commit()
    assert script.written == [("create", {"metadata": {"name": "a"}, "data": {"n": "7"}}, {})]
    assert found.exists


async def test_nothing_is_nothing_to_commit() -> None:
    with pytest.raises(ValueError, match="nothing was inserted"):
        await (await entry(Script(None))).commit()


async def test_a_change_may_return_another_object() -> None:
    script = Script(STORED, None)
    await (await entry(script)).and_modify(lambda obj: ConfigMap(metadata=obj.metadata, data={"x": "y"})).commit()
    assert script.written[0][1] == {**STORED, "data": {"x": "y"}}


@pytest.mark.parametrize("error", [Conflict("changed"), NotFound("gone")])
async def test_who_was_too_late_begins_anew_if_asked_to(error: KtyError) -> None:
    newer = {**STORED, "data": {"n": "5"}}
    with pytest.raises(type(error)):
        await (await entry(Script(STORED, error))).and_modify(count).commit()
    script = Script(STORED, error, newer, None)
    assert (await (await entry(script)).and_modify(count).commit(retries=1)).data == {"n": "6"}
    with pytest.raises(type(error)):
        await (await entry(Script(STORED, error, newer, error))).and_modify(count).commit(retries=1)


async def test_a_namespace_that_is_missing_is_not_asked_again() -> None:
    script = Script(None, NotFound("no such namespace"))
    with pytest.raises(NotFound):
        await (await entry(script)).or_insert(ConfigMap).commit(retries=5)
    assert script.answers == []


async def test_what_was_done_by_hand_cannot_be_repeated() -> None:
    found = (await entry(Script(STORED))).and_modify(count)
    assert found.obj is not None
    found.obj.data["by"] = "hand"
    with pytest.raises(ValueError, match="can be repeated"):
        await found.and_modify(count).commit(retries=1)


async def test_trying_out_leaves_the_entry_as_it_was() -> None:
    script = Script(STORED, {**STORED, "data": {"n": "1"}}, None)
    found = (await entry(script)).and_modify(count)
    assert (await found.commit(dry_run=True)).data == {"n": "1"}
    await found.commit()
    assert [options for _, _, options in script.written] == [{"dry_run": True}, {}]


async def test_what_cannot_be_an_entry() -> None:
    with pytest.raises(TypeError, match="rows of a table"):
        Entry("a", TableRow, Script())
    with pytest.raises(Malformed, match="a cannot be read"):
        await entry(Script({**STORED, "data": 3}))


class Part(Struct, omit_defaults=True):
    name: str = ""
    image: str = ""


def parts(whole: list[Object]) -> list[Object]:
    """Return what a class shows of each."""
    shown: list[Object] = msgspec.to_builtins(msgspec.convert(whole, list[Part]))
    return shown


WHOLE: list[Object] = [{"name": "a", "image": "1", "port": 80}, {"name": "b", "image": "2", "port": 90}]


@pytest.mark.parametrize(
    ("after", "grafted"),
    [
        ([{"name": "a", "image": "1"}, {"name": "b", "image": "3"}], [WHOLE[0], {**WHOLE[1], "image": "3"}]),
        ([{"name": "b", "image": "2"}, {"name": "a", "image": "1"}], [WHOLE[1], WHOLE[0]]),
        ([{"name": "b", "image": "2"}], [WHOLE[1]]),
        ([{"name": "c"}, {"name": "b", "image": "2"}], [{"name": "c"}, WHOLE[1]]),
        ([{"name": "a"}, {"name": "b", "image": "2"}], [{"name": "a", "port": 80}, WHOLE[1]]),
        ([], []),
    ],
)
def test_named_items_keep_what_is_not_shown(after: list[Object], grafted: list[Object]) -> None:
    assert graft(WHOLE, parts(WHOLE), after) == grafted


@pytest.mark.parametrize(
    ("whole", "before", "after", "grafted"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}, {}, {"b": 2}),
        ({"a": 1, "b": 2}, {}, {"c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1}}, {"a": {"x": 5}}, {"a": {"x": 5, "y": 2}}),
        ({"a": {"x": 1}}, {"a": {"x": 1}}, {"a": None}, {"a": None}),
        ([{"x": 1, "y": 2}], [{"x": 1}], [{"x": 3}], [{"x": 3, "y": 2}]),
        ([{"x": 1, "y": 2}, {"x": 2}], [{"x": 1}, {"x": 2}], [{"x": 2}, {"x": 1}], [{"x": 2}, {"x": 1, "y": 2}]),
        (["a", "b"], ["a", "b"], ["b", "c", "a"], ["b", "c", "a"]),
        ([{"x": 1, "y": 2}], [{"x": 1}], [{"x": 5}, {"x": 1}], [{"x": 5}, {"x": 1, "y": 2}]),
    ],
)
def test_what_changed_is_carried_over(whole: Any, before: Any, after: Any, grafted: Any) -> None:
    assert graft(whole, before, after) == grafted
