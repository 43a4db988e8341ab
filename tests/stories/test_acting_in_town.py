"""What is done to objects where a server lets it be done, or does not: to one, and to all that are marked."""

import asyncio
from typing import Any

from kty.errors import NotFound
from tests.cluster.browsing import row, shows
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS
from tests.contract.pods_that_run import container
from tests.stories.town import QUICK, Town


def deployment(**more: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container()], **QUICK}}
    return {"selector": {"matchLabels": {"app": "web"}}, "template": template, **more}


async def is_there(town: Town, name: str) -> bool:
    try:
        await town.place.client.request("GET", CONFIG_MAPS.path(town.place.namespace, name))
    except NotFound:
        return False
    return True


async def test_a_deployment_is_scaled_restarted_and_deleted(town: Town) -> None:
    await town.place.create(DEPLOYMENTS, "web", spec=deployment(replicas=0))
    async with town.sit("deployments") as me:
        await shows(me, "web")
        await me.press("s")
        await me.sees("Scale deployment", "from 0 to 0 replicas.")
        await me.press("ctrl+u", "1")
        await me.sees("from 0 to 1 replicas.")
        await me.press("enter")
        await me.until(lambda: row(me, "web")[1:2] == ["1/1"], "a pod that is ready")
        await me.press("enter")
        await me.sees("pods 1 of 1", "Running")
        await me.press("escape", "r")
        await me.sees("Restart deployment", "all of its pods are made")
        await me.press("y")
        await me.sees("restarts")
        await me.press("ctrl+d")
        await me.sees("Delete deployment")
        await me.press("y")
        await me.sees("no deployments in")


async def test_marked_objects_are_deleted_and_the_others_stay(town: Town) -> None:
    names = ["a", "b", "c", "d"]
    await asyncio.gather(*[town.place.create(CONFIG_MAPS, name, data={}) for name in names])
    async with town.sit("configmaps") as me:
        await me.sees("configmaps", "● live")
        await me.press("/", *"name!=kube-root-ca.crt", "enter")
        await shows(me, *names)
        await me.press("g", "space", "j", "V")
        await me.sees("● 3 marked")
        await me.press("ctrl+d")
        where = town.place.namespace
        await me.sees("Delete 3 configmaps, and what they own.", f"{where}/a, {where}/b, {where}/c")
        await me.press("y")
        await me.sees("delete: done to 3 configmaps")
        await shows(me, "d")
        assert [await is_there(town, name) for name in names] == [False, False, False, True]


async def test_who_may_do_it_to_some_does_it_to_those(town: Town) -> None:
    for name in ("mine", "yours"):
        await town.place.create(CONFIG_MAPS, name, data={})
    look = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}
    await town.allows("nobody", [look, {**look, "verbs": ["delete"], "resourceNames": ["mine"]}])
    async with town.sit("configmaps", user="nobody") as me:
        await me.press("/", *"name!=kube-root-ca.crt", "enter")
        await shows(me, "mine", "yours")
        await me.press("g", "space", "space", "ctrl+d")
        await me.sees("Delete 1 configmap,", "/mine", "Left out: you may not delete configmaps in")
        await me.press("y")
        await me.sees("delete: done to 1 configmap")
        await me.sees("● 1 marked  configmaps 1 of 2", "●yours")


async def test_marked_pods_are_killed(town: Town) -> None:
    for name in ("one", "two"):
        await town.runs(name)
    async with town.sit() as me:
        await shows(me, "one", "two")
        await me.press("space", "space", "ctrl+k")
        await me.sees("Kill 2 pods at once: their containers get no time to end.")
        await me.press("y")
        await me.sees("kill: done to 2 pods")
        await me.sees("no pods in")


async def test_what_is_gone_meanwhile_is_told_by_name(town: Town) -> None:
    for name in ("one", "two"):
        await town.place.create(CONFIG_MAPS, name, data={})
    async with town.sit("configmaps") as me:
        await me.press("/", *"name!=kube-root-ca.crt", "enter")
        await shows(me, "one", "two")
        await me.press("g", "space", "space", "ctrl+d")
        await me.sees("Delete 2 configmaps")
        await town.place.remove(CONFIG_MAPS, "one")
        await me.press("y")
        await me.sees("delete: 1 of 2 configmaps failed", "/one: ", "not found")
        await me.sees("nothing matches")
