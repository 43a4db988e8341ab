"""Show the requests for certificates that nobody has decided on; approve or deny those that you name.

python examples/csr_approve.py [NAME ...] [--deny]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Api, Client, infer
from kty.kube.certificates import CertificateSigningRequest, approve, deny
from kty.text import printable


async def main(names: list[str], refuse: bool) -> None:
    async with Client(infer()) as client:
        for name in names:
            decided = await (deny if refuse else approve)(client, name, message="decided by an example")
            for condition in decided.status.conditions if decided.status else ():
                print(f"{name}: {condition.type}, {printable(condition.message)}")
        for request in await Api.of(client, CertificateSigningRequest).list():
            if request.spec and not (request.status and request.status.conditions):
                print(f"{request.name} waits: {printable(request.spec.username)} asks {request.spec.signer_name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--deny", dest="refuse", action="store_true")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
