"""A component of Kubernetes itself: a letter, a date, a file and its line."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, moment

_TEXTS: Final = (
    ("I", "reconcile.go", 'Reconciled object" object="shop/web'),
    ("I", "cache.go", 'Watch closed, starting anew" kind="*v1.Pod'),
    ("I", "leader.go", 'Lease renewed" holder="node-1'),
    ("W", "reflector.go", 'Watch ended early" err="very short watch: nothing came'),
    ("E", "reconcile.go", 'Reconcile failed" err="the object has been modified" object="shop/api'),
)


def _log(chance: random.Random, at: float, level: str, file: str, text: str) -> Said:
    when = moment(at, f"{level}%m%d %H:%M:%S.%f")
    return Said(f'{when}       1 {file}:{chance.randrange(40, 400)}] "{text}"', "stderr")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    level, file, text = chance.choices(_TEXTS, (60, 20, 12, 5, 3))[0]
    return [_log(chance, at, level, file, text)]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(chance, at, "I", "main.go", f'Starting" component="{context.name}'),
        _log(chance, at + 0.1, "I", "cache.go", 'Caches are synced" took="104ms'),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or "leader election lost"
    return [_log(chance, at, "F", "main.go", f'Cannot go on" err="{why}')]


STYLE: Final = Style(_event, _start, _crash, pace=12.0)
