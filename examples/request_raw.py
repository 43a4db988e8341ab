"""Ask the API server for any path, as `kubectl get --raw` does; what goes wrong is an error like any other.

python examples/request_raw.py /version
python examples/request_raw.py POST /apis/authentication.k8s.io/v1/selfsubjectreviews '{"kind": …}'
"""

import asyncio
import json
import sys
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from kty.errors import StatusError
from kty.kube import Client, infer
from kty.text import decode


async def main(method: str, url: str, body: str = "") -> None:
    parts = urlsplit(url)
    async with Client(infer()) as client:
        try:
            answer = await client.request(method, parts.path, query=parse_qsl(parts.query), body=body.encode() or None)
        except StatusError as error:
            print(f"{error.code} {error.reason}: {error.sentence()}")
            return
    try:
        print(json.dumps(json.loads(answer), indent=2))
    except ValueError:  # /readyz and /metrics are plain text
        for line in answer.splitlines():
            print(decode(line))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        match sys.argv[1:]:
            case [path]:
                asyncio.run(main("GET", path))
            case [method, path, *body]:
                asyncio.run(main(method, path, *body))
            case _:
                sys.exit(__doc__)
