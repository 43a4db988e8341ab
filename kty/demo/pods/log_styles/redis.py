"""A Redis server: little to say, and that at the times of its snapshots."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, moment


def _log(at: float, text: str, level: str = "*", process: str = "1:M") -> Said:
    return Said(f"{process} {moment(at, '%d %b %Y %H:%M:%S.%3f')} {level} {text}")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    child = chance.randrange(20, 9000)
    if chance.random() < 0.1:
        return [_log(at, f"Client id={child} addr=10.244.1.{chance.randrange(255)} closed: idle too long", "-")]
    return [
        _log(at, f"{chance.randrange(100, 9999)} changes in 60 seconds. Saving..."),
        _log(at, f"Background saving started by pid {child}"),
        _log(at + 0.1, "DB saved on disk", process=f"{child}:C"),
        _log(at + 0.2, "Background saving terminated with success"),
    ]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", process="1:C"),
        _log(at, "Server initialized"),
        _log(at, "WARNING Memory overcommit must be enabled!", "#"),
        _log(at, "Ready to accept connections tcp"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, context.last_words or "Can't open or create append-only dir appendonlydir: Permission denied", "#")
    ]


STYLE: Final = Style(_event, _start, _crash, pace=60.0)
