r"""Print what a JSONPath leads to, as `kubectl get KIND -o jsonpath=…` does.

python examples/dynamic_jsonpath.py pods '{range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}'
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Api, Client, discover, infer
from kty.kube.jsonpath import parse


async def main(kind: str, template: str) -> None:
    path = parse(template)  # before anything is asked: a mistake in it is known at once
    async with Client(infer()) as client:
        objects = Api(client, (await discover(client)).kind(kind), client.config.default_namespace)
        print(path.text({"items": list(await objects.list())}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind")
    parser.add_argument("template")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
