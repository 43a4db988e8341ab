"""Describe, events and YAML of what lives: while it waits, while it runs, and after it is gone."""

from tests.cluster.browsing import row, shows
from tests.cluster.place import PODS
from tests.contract.pods_that_run import container
from tests.stories.town import QUICK, Town

NOWHERE = {"nodeSelector": {"example.com/no": "node"}, "containers": [container()], **QUICK}


async def test_a_pending_pod_has_its_events_beneath_it_and_they_are_live(town: Town) -> None:
    async with town.sit(size=(160, 60)) as me:
        await me.sees("no pods")
        await town.place.create(PODS, "waits", spec=NOWHERE)
        await me.sees("pods 1 of 1")
        await me.press("d")
        await me.sees("Status:", "Pending", "PodScheduled", "FailedScheduling", "default-scheduler")
        await me.press("E")
        await me.sees("events 1 of 1  in pod/waits", "FailedScheduling")
        await me.press("escape")
        await me.sees("Node-Selectors:")
        await town.place.remove(PODS, "waits")
        await me.sees("deleted; this is what it was last", "Node-Selectors:")


async def test_events_that_may_not_be_read_are_said_so(town: Town) -> None:
    await town.allows("nobody", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}])
    await town.place.create(PODS, "waits", spec=NOWHERE)
    async with town.sit(user="nobody", size=(160, 60)) as me:
        await me.sees("pods 1 of 1")
        await me.press("d")
        await me.sees("Status:", "Pending", "Events:", "no permission to list events")


async def test_the_events_of_a_pod_that_starts_newest_first(town: Town) -> None:
    await town.runs("starts")
    async with town.sit() as me:
        await me.until(lambda: row(me, "starts")[1:3] == ["1/1", "Running"], "a running pod")
        await me.press("E")
        await me.sees("in pod/starts", "Scheduled", "Started")
        await me.press("escape", "y")
        await me.sees("kind: Pod", "name: starts")
        await me.press("escape")
        await shows(me, "starts")
