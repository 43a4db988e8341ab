"""Ask for a token that acts as a service account for a while, and ask the server who that is.

python examples/token_request.py [ACCOUNT] [--seconds 600]
"""

import argparse
import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from kty.kube import Client, infer, who_am_i
from kty.kube.target import AuthInfo
from kty.kube.tokens import request_token


async def main(account: str, seconds: int) -> None:
    config = infer()
    async with Client(config) as client:
        token = await request_token(client, config.default_namespace, account, seconds=seconds)
        print(f"{await who_am_i(client)} got {token}")
        print(f"it is good until {datetime.fromtimestamp(token.expires, UTC):%H:%M:%S} UTC")
    async with Client(replace(config, auth=AuthInfo(token=token.token))) as robot:
        print(f"it acts as {await who_am_i(robot)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("account", nargs="?", default="default")
    parser.add_argument("--seconds", type=int, default=600)
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
