"""Tell when a node becomes ready or ceases to be, and when it is cordoned.

python examples/node_watcher.py
"""

import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Client, Deleted, Modified, Node, infer


def state(node: Node) -> str:
    conditions = node.status.conditions if node.status else []
    ready = next((each.status for each in conditions if each.type == "Ready"), "Unknown")
    words = ["ready" if ready == "True" else "not ready"]
    if node.spec and node.spec.unschedulable:
        words.append("cordoned")
    return ", ".join(words)


async def main() -> None:
    known: dict[str, str] = {}
    async with Client(infer()) as client:
        while True:  # a watch lasts some minutes; each begins with what is there
            async for change in Api.of(client, Node).watch():
                match change:
                    case Added(node) | Modified(node) if known.get(node.name) != state(node):
                        known[node.name] = state(node)
                        print(f"{node.name}: {state(node)}")
                    case Deleted(node):
                        known.pop(node.name, None)
                        print(f"{node.name}: gone")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
