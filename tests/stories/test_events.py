"""`E` lists what happened: to an object, in a namespace."""

from tests.rigged.looking import headings
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.stories.test_describe import event, line_of


async def test_the_events_of_the_object_under_the_cursor_are_live_newest_first_and_counted(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    pod = server.get("pods", "db-0", "shop")
    server.put("events", event(shop, pod, "a", "happened early", 9))
    server.put("events", event(shop, pod, "b", "happened late", 1, count=12))
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("E")
        await me.sees("events 2 of 2  in pod/db-0", "happened early", "12")
        assert {"Last", "Seen", "Count", "Message"} <= set(headings(me))
        assert line_of(me, "happened late") < line_of(me, "happened early")
        server.put("events", event(shop, pod, "c", "happens now", 0))
        await me.sees("events 3 of 3  in pod/db-0", "happens now")
        assert line_of(me, "happens now") < line_of(me, "happened late")
        await me.press("escape")
        await me.sees("pods 1 of 9")


async def test_a_message_begins_on_a_usual_screen_and_the_made_up_name_is_wide(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    pod = server.get("pods", "db-0", "shop")
    server.put("events", event(shop, pod, "a-name-that-nobody-chose.17f3a9d64ee0a1b2", "happened early", 9))
    async with desk.sit("events /early") as me:
        await me.sees("events 1 of 5", "happened early", "pod/db-0")
        assert headings(me) == ["Last", "Seen", "↑", "Type", "Reason", "Object", "Count", "Message"]
        await me.press("E")
        await me.sees("events 1 of 1  in pod/db-0", "happened early")
        assert headings(me) == ["Last", "Seen", "↑", "Type", "Reason", "Count", "Message"]
        await me.press("/", *"nobody-chose", "enter")
        await me.sees("events 0 of 1")  # words look through what is shown
        await me.press("escape", "/", *"name=a-name*", "enter")
        await me.press("ctrl+w", "escape")
        await me.sees("Name", "Object", "a-name-that")


async def test_wide_they_stand_in_kubectls_order_with_the_namespace_first_and_the_made_up_name_last(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    server.put("events", event(shop, server.get("pods", "db-0", "shop"), "made-up.17f3a9d6", "happened early", 9))
    before = ["Last", "Seen", "↑", "Type", "Reason", "Object", "Subobject", "Source", "Count"]
    wide = [*before, "Message", "First", "Seen", "Name"]
    async with desk.sit("events /early", size=(260, 24)) as me:
        await me.sees("events 1 of 5")
        await me.press("ctrl+w")
        await me.sees("made-up.17f3a9d6")
        assert headings(me) == wide
        await me.press("0")
        await me.sees("all namespaces", "made-up.17f3a9d6")
        assert headings(me) == ["Namespace", *wide]


async def test_only_the_events_of_the_object_are_asked_for(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("E")
        await me.sees("events 0 of 0  in pod/db-0", "no events in shop")
        asked = [request for request in server.requests if "/events?" in request]
        assert asked
        assert all("involvedObject.name%3Ddb-0" in request for request in asked)


async def test_the_events_of_a_node_are_found_though_its_kubelet_makes_up_a_uid(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    node = server.get("nodes", "node-2")
    node["metadata"]["uid"] = "node-2"
    server.put("events", event(shop, node, "a", "is short of disk", 3, kind="Node"))
    async with desk.sit("nodes") as me:
        await me.sees("nodes 3 of 3")
        await me.press("j", "E")
        await me.sees("events 1 of 1  in node/node-2", "is short of disk")


async def test_a_namespace_leads_to_all_that_happened_in_it(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("ns") as me:
        await me.sees("namespaces 3 of 3")
        await me.press("G", "E")
        await me.sees("events 4 of 4  in namespace/shop", "manifest unknown", "FailedScheduling")


async def test_a_container_leads_to_the_events_of_its_pod(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("events", event(shop, server.get("pods", "db-0", "shop"), "a", "happened", 9))
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("enter")
        await me.sees("containers 2 of 2")
        await me.press("E")
        await me.sees("events 1 of 1  in pod/db-0")


async def test_an_event_leads_to_those_about_the_same_object(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    pod = server.get("pods", "db-0", "shop")
    server.put("events", event(shop, pod, "a", "happened early", 9))
    server.put("events", event(shop, pod, "b", "happened late", 1))
    async with desk.sit("events /late") as me:
        await me.sees("events 1 of 6")
        await me.press("E")
        await me.sees("events 2 of 2  in pod/db-0", "happened early")


async def test_a_description_and_a_yaml_lead_to_the_events_as_well(desk: Desk) -> None:
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        for key in ("d", "y"):
            await me.press(key)
            await me.sees("pod/db-0 in shop")
            await me.press("E")
            await me.sees("events 0 of 0  in pod/db-0")
            await me.press("escape", "escape")
            await me.sees("pods 1 of 9")


async def test_an_event_is_described_and_opened_as_any_object(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("events", event(shop, server.get("pods", "db-0", "shop"), "a", "happened", 9))
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("E")
        await me.sees("events 1 of 1  in pod/db-0")
        await me.press("d")
        await me.sees("Involved Object:", "Message:")
        await me.press("y")
        await me.sees("kind: Event")


async def test_events_that_may_not_be_listed_are_said_so(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("events", "shop")
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("E")
        await me.sees("no permission to list events")


async def test_what_has_no_events_does_not_offer_them(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ctx", "enter")
        await me.sees("contexts 3 of 3")
        await me.press("E", "d")
        await me.sees("contexts 3 of 3")
