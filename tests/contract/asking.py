"""Plain HTTP as one user of a server under test: what comes back is the status, the headers and the bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp
from yarl import URL

from kty.kube.target import Config

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def content(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str, str]:
        """The code, the reason and the message of a Status."""
        assert self.content["kind"] == "Status", self.content
        assert self.content.get("code") == self.status
        return (self.status, self.content.get("reason", ""), self.content.get("message", ""))

    @property
    def causes(self) -> list[tuple[str, str, str]]:
        """The reason, the field and the message of each cause in a Status."""
        causes = self.content.get("details", {}).get("causes", ())
        return [(cause.get("reason", ""), cause.get("field", ""), cause["message"]) for cause in causes]

    def done(self, status: int = 200) -> Any:
        """Return the JSON, which must have come with this status."""
        assert self.status == status, self.body.decode()
        return self.content


class Asking:
    """Nothing is decompressed, repeated or translated."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None

    async def __call__(
        self, method: str, path: str, content: Any = None, *, media: str = JSON, accept: str = JSON, **headers: str
    ) -> Answer:
        """Send a request; content that is bytes goes out as it is. `Accept_Encoding` is the header Accept-Encoding."""
        async with self._sent(method, path, content, media, accept, headers) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def get(self, path: str, *, accept: str = JSON, **headers: str) -> Any:
        """Return the JSON behind a path, which must be there."""
        return (await self("GET", path, accept=accept, **headers)).done()

    async def create(self, path: str, content: Any) -> Any:
        """Create an object, and return it as it is then."""
        return (await self("POST", path, content)).done(201)

    async def patch(self, path: str, content: Any, media: str = MERGE_PATCH) -> Any:
        """Patch an object, and return it as it is then."""
        return (await self("PATCH", path, content, media=media)).done()

    async def apply(self, path: str, content: Any, manager: str = "one", **options: str) -> Answer:
        """Apply a configuration as this manager; options go into the query."""
        query = "&".join([f"{key}={value}" for key, value in {"fieldManager": manager, **options}.items()])
        return await self("PATCH", f"{path}?{query}", content, media=APPLY_PATCH)

    async def merge(self, path: str, content: Any) -> Any:
        """Merge a patch into an object, and return it as it is then."""
        return await self.patch(path, content)

    @asynccontextmanager
    async def watch(self, path: str, *, accept: str = JSON) -> AsyncIterator["Events"]:
        """Yield the events of a watch as they come."""
        mark = "&" if "?" in path else "?"
        async with self._sent("GET", f"{path}{mark}watch=true", None, JSON, accept, {}) as response:
            assert response.status == 200, await response.read()
            yield Events(response)

    async def until(self, path: str, is_so: Callable[[Answer], bool], seconds: float = 30.0) -> Answer:
        """Return the answer to a GET once it is as it should be."""
        async with asyncio.timeout(seconds):
            while True:
                answer = await self("GET", path)
                if is_so(answer):
                    return answer
                await asyncio.sleep(0.1)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _sent(
        self, method: str, path: str, content: Any, media: str, accept: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=False, read_bufsize=1 << 20)
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        sent = {
            "Authorization": f"Bearer {self._config.auth.token}",
            "Accept": accept,
            "Accept-Encoding": "identity",
            "User-Agent": "t-contract/1",
            **({"Content-Type": media} if body is not None else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = URL(self._config.server + path, encoded=True)
        return self._session.request(method, url, data=body, headers=sent, ssl=False)


class Events:
    """The lines of one watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self, seconds: float = 20.0) -> Any:
        """Return the next event, which must come; None at the end of the watch."""
        async with asyncio.timeout(seconds):
            line = await self._response.content.readline()
        return json.loads(line) if line else None

    async def told(self, count: int) -> list[tuple[str, str]]:
        """Return type and name of the next events."""
        events = [await self.next() for _ in range(count)]
        return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]

    async def rest(self, seconds: float = 20.0) -> list[Any]:
        """Return all events until the server ends the watch."""
        events = []
        while (event := await self.next(seconds)) is not None:
            events.append(event)
        return events
