"""A service that logs one JSON object a line."""

import json
import random
from typing import Any, Final

from kty.demo.pods.log_styles.style import Context, Said, Style, identity, moment

_ROUTES: Final = (
    "GET /v1/items",
    "GET /v1/items/{id}",
    "POST /v1/orders",
    "POST /v1/payments",
    "GET /v1/customers/{id}",
)


def _log(at: float, level: str, message: str, **more: Any) -> Said:
    content = {"ts": moment(at, "%Y-%m-%dT%H:%M:%S.%3fZ"), "level": level, "msg": message, **more}
    return Said(json.dumps(content, separators=(",", ":")), "stderr" if level in ("error", "fatal") else "stdout")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    trace, route = identity(chance), chance.choice(_ROUTES)
    kind = chance.choices(("request", "cache", "slow", "error", "dump"), (70, 15, 8, 6, 0.4))[0]
    match kind:
        case "cache":
            return [_log(at, "debug", "cache miss", key=f"item:{chance.randrange(9999)}", trace=trace)]
        case "slow":
            return [_log(at, "warn", "slow upstream", upstream="postgres", ms=chance.randrange(800, 4000), trace=trace)]
        case "error":
            why = chance.choice(("context deadline exceeded", "connection reset by peer", "unexpected EOF"))
            return [_log(at, "error", "request failed", route=route, err=why, status=503, trace=trace)]
        case "dump":  # somebody left the debugging on: one very long line
            items = [
                {"id": chance.randrange(99999), "sku": identity(chance)} for _ in range(chance.randrange(300, 900))
            ]
            return [_log(at, "debug", "payload", items=items, trace=trace)]
    return [_log(at, "info", "request", route=route, status=200, ms=chance.randrange(2, 90), trace=trace)]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, "info", "starting", service=context.name, pod=context.pod),
        _log(at + 0.1, "info", "configuration loaded", path="/app/config.yaml"),
        _log(at + 0.4, "info", "listening", addr=":8080"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or "dial tcp: lookup postgres: no such host"
    trace = [
        f"panic: {why}",
        "",
        "goroutine 1 [running]:",
        "main.mustConnect(...)",
        "\t/src/cmd/server/main.go:71",
        "main.run({0x9c3f40, 0xc0000b2000})",
        "\t/src/cmd/server/main.go:48 +0x1d4",
        "main.main()",
        "\t/src/cmd/server/main.go:31 +0x65",
        "exit status 2",
    ]
    return [_log(at, "fatal", "cannot go on", err=why), *[Said(line, "stderr") for line in trace]]


STYLE: Final = Style(_event, _start, _crash, pace=2.0)
