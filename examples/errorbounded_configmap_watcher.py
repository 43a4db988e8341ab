"""Watch config maps that must hold a `cafe` key: those that do not are told, and end nothing.

python examples/errorbounded_configmap_watcher.py
"""

import asyncio
from contextlib import suppress
from typing import ClassVar

from kty.kube import Added, Api, Client, ConfigMap, Modified, Odd, Resource, infer
from kty.kube.parts import Part, Whole


class Menu(Part):
    cafe: str


class MenuMap(Whole, kw_only=True):
    """A ConfigMap as this program wants it."""

    resource: ClassVar[Resource] = ConfigMap.resource
    data: Menu


async def main() -> None:
    async with Client(infer()) as client:
        menus = Api.of(client, MenuMap, client.config.default_namespace)
        found = await menus.list()
        for menu in found:
            print(f"{menu.name}: {menu.data.cafe}")
        for fault in found.faults:
            print(f"odd: {fault}")
        async for change in menus.watch(version=found.version):  # for some minutes; pod_watcher.py goes on for ever
            match change:
                case Added(menu) | Modified(menu):
                    print(f"{menu.name}: {menu.data.cafe}")
                case Odd(happened, error):
                    print(f"odd: {error} ({happened})")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
