"""A part of the monitoring: pairs of keys and values, as logfmt has them."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, moment

_DONE: Final = (
    ("compact.go", "compact", "write block"),
    ("head.go", "head", "WAL checkpoint complete"),
    ("manager.go", "discovery", "targets are up to date"),
    ("rules.go", "rules", "rule group evaluated"),
)


def _log(at: float, level: str, message: str, **more: object) -> Said:
    pairs = {"time": moment(at, "%Y-%m-%dT%H:%M:%S.%3fZ"), "level": level, **more, "msg": f'"{message}"'}
    return Said(" ".join([f"{key}={value}" for key, value in pairs.items()]), "stderr")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    source, component, message = chance.choice(_DONE)
    where = {"source": f"{source}:{chance.randrange(40, 900)}", "component": component}
    if chance.random() < 0.06:
        url = f"http://10.244.{chance.randrange(4)}.{chance.randrange(2, 250)}:8080/metrics"
        return [_log(at, "WARN", "scrape failed", **where, target=url, err='"context deadline exceeded"')]
    return [_log(at, "INFO", message, **where, duration=f"{chance.random() * 2:.3f}s")]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, "INFO", f"starting {context.name}", source="main.go:121"),
        _log(at + 0.2, "INFO", "configuration loaded", source="main.go:1302", filename="/app/config.yaml"),
        _log(at + 0.3, "INFO", "server is ready to receive requests", source="main.go:978"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [_log(at, "ERROR", context.last_words or "opening storage failed: lock DB directory", source="main.go:1440")]


STYLE: Final = Style(_event, _start, _crash, pace=15.0)
