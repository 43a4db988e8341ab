"""Every kind that the server has opens, and a kind that somebody defines, changes and removes meanwhile."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kty.kube.client import Client
from kty.kube.discovery import discover
from kty.kube.resource import Resource
from tests.cluster.browsing import Person, browsing, command, lines, row, truth
from tests.cluster.defined import COLOUR, DEFINITIONS, SIZE, defined, versions
from tests.cluster.place import Place

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

Kubeconfig = Callable[[str], Path]


async def test_every_kind_that_can_be_listed_opens_and_shows_its_yaml(
    cluster_kubeconfig: Kubeconfig, admin: Client, place: Place
) -> None:
    await place.pod("one")
    listable = [resource for resource in (await discover(admin)).resources if not resource.why_not_list()]
    assert len(listable) > 40
    async with browsing(cluster_kubeconfig("admin"), first="pods all") as me:
        await me.sees("pods", "● live")
        read = {resource.plural for resource in listable if await opens(me, resource)}
    assert {"pods", "namespaces", "nodes", "roles", "clusterroles", "leases", "apiservices", "configmaps"} <= read


async def opens(me: Person, resource: Resource) -> bool:
    """Open a kind, the YAML of its first object where there is one, and the list again; return whether there was."""

    state = "● live" if resource.is_watchable else "● cannot be watched, listed every 10 s"

    def is_live() -> bool:
        return truth(me).split()[:1] == [resource.plural] and truth(me).endswith(state)

    await command(me, resource.id)
    await me.until(is_live, f"{resource.id} being live")
    if " 0 of 0" in truth(me):
        return False
    await me.press("y")
    await me.sees(f"apiVersion: {resource.api_version}", f"kind: {resource.kind}", state)
    await me.press("escape")
    await me.until(is_live, f"{resource.id} again")
    return True


@pytest.fixture
async def gizmos(place: Place) -> AsyncIterator[Resource]:
    async with defined(place) as kind:
        yield kind


async def test_columns_follow_the_definition_while_they_are_watched(
    cluster_kubeconfig: Kubeconfig, place: Place, gizmos: Resource
) -> None:
    await place.create(gizmos, "mine", spec={"size": 7, "colour": "green"})
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first=gizmos.id) as me:
        await me.until(lambda: lines(me)[:2] == [["Name", "↑", "Size"], ["mine", "7"]], "the first columns")
        await place.change(DEFINITIONS, gizmos.id, spec={"versions": versions(COLOUR, SIZE)})
        await me.until(
            lambda: lines(me)[:2] == [["Name", "↑", "Colour", "Size"], ["mine", "green", "7"]], "other columns"
        )
        await place.create(gizmos, "other", spec={"size": 9, "colour": "blue"})
        await me.until(lambda: row(me, "other") == ["other", "blue", "9"], "another one")


async def test_a_kind_that_is_removed_while_it_is_watched_is_said_to_be_gone(
    cluster_kubeconfig: Kubeconfig, place: Place, gizmos: Resource
) -> None:
    await place.create(gizmos, "mine", spec={"size": 7})
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first=gizmos.id) as me:
        await me.until(lambda: row(me, "mine") == ["mine", "7"], "the object")
        await place.remove(DEFINITIONS, gizmos.id)
        await me.until(lambda: not row(me, "mine"), "the object go")
        await me.sees("gizmos 0 of 0", "stale for", "does not have this kind any more", "next try in")
        await command(me, "po")
        await me.sees("pods 0 of 0", "● live")


async def test_a_kind_that_is_defined_while_kty_runs_opens(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await command(me, "leases.coordination.k8s.io")  # from here on the kinds are known
        await me.sees("leases", "● live")
        async with defined(place) as gizmos:
            await place.create(gizmos, "new", spec={"size": 1})
            await command(me, gizmos.id)
            await me.until(lambda: row(me, "new") == ["new", "1"], "an object of the new kind")
