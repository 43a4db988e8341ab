"""A small kubectl, for every kind that the server has.

python examples/kubectl.py get|watch KIND, get|edit|delete KIND NAME, or apply < FILE
"""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from kty.kube import Added, Api, Apply, Client, Deleted, Modified, TableRow, discover, infer
from kty.kube.manifest import all_from_yaml, from_yaml, to_yaml
from kty.text import printable


def show(row: TableRow) -> None:
    """Print a row as the server laid it out, without the columns that are meant for wide screens."""
    cells = [cell for column, cell in zip(row.columns, row.cells, strict=True) if not column.priority]
    print("  ".join([printable(str(cell)).ljust(10) for cell in cells]).rstrip())


def edited(text: str) -> str:
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        Path(file.name).write_text(text, "utf-8")
        subprocess.run([os.environ.get("EDITOR", "vi"), file.name], check=True)  # noqa: S603 - the person's own editor
        return Path(file.name).read_text("utf-8")


async def main(*words: str) -> None:
    async with Client(infer()) as client:
        kinds, namespace = await discover(client), client.config.default_namespace
        match words:
            case ["get", kind]:
                for row in await Api(client, kinds.kind(kind), namespace, kind=TableRow).list():
                    show(row)
            case ["get", kind, name]:
                print(to_yaml(await Api(client, kinds.kind(kind), namespace).get(name)), end="")
            case ["watch", kind]:
                async for change in Api(client, kinds.kind(kind), namespace, kind=TableRow).watch():
                    if isinstance(change, Added | Modified | Deleted):
                        show(change.obj)
            case ["apply"]:
                for obj in all_from_yaml(sys.stdin.read()):
                    objects = Api(client, kinds.kind_of(obj), obj["metadata"].get("namespace", namespace))
                    await objects.patch(obj["metadata"]["name"], Apply(obj, manager="kubectl.py"))
            case ["edit", kind, name]:
                objects = Api(client, kinds.kind(kind), namespace)
                await objects.replace(name, from_yaml(edited(to_yaml(await objects.get(name)))))
            case ["delete", kind, name]:
                await Api(client, kinds.kind(kind), namespace).delete(name)
            case _:
                sys.exit(__doc__)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(*sys.argv[1:]))
