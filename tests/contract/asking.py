"""Plain HTTP as one user of a server under test: what comes back is the status, the headers and the bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp

from kty.kube.target import Config

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


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
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=False)
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        sent = {
            "Authorization": f"Bearer {self._config.auth.token}",
            "Accept": accept,
            "Accept-Encoding": "identity",
            "User-Agent": "t-contract/1",
            **({"Content-Type": media} if body is not None else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = self._config.server + path
        async with self._session.request(method, url, data=body, headers=sent, ssl=False) as answer:
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

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
