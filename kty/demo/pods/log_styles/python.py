"""A worker in Python that colours the levels, and dies with a traceback."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, identity, moment

_COLOURS: Final = {"DEBUG": "\x1b[36m", "INFO": "\x1b[32m", "WARNING": "\x1b[33m", "ERROR": "\x1b[31;1m"}
_TASKS: Final = ("send_receipt", "resize_image", "sync_stock", "build_report")


def _log(at: float, level: str, text: str) -> Said:
    when = moment(at, "%Y-%m-%d %H:%M:%S,%3f")
    return Said(f"\x1b[2m{when}\x1b[0m {_COLOURS[level]}{level:8}\x1b[0m {text}", "stderr")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    task, number = chance.choice(_TASKS), identity(chance)[:8]
    match chance.choices(("done", "retry", "failed", "queue"), (70, 10, 4, 16))[0]:
        case "retry":
            return [
                _log(at, "WARNING", f"{task}[{number}] again in {chance.randrange(1, 60)}s: the mail server is busy")
            ]
        case "failed":
            return [_log(at, "ERROR", f"{task}[{number}] failed"), *_traceback("KeyError: 'shipping_address'", task)]
        case "queue":
            return [_log(at, "DEBUG", f"queue length \x1b[1m{chance.randrange(0, 300)}\x1b[0m")]
    return [_log(at, "INFO", f"{task}[{number}] done in {chance.random() * 3:.3f}s")]


def _traceback(last: str, task: str, source: str = "address = order['shipping_address']") -> list[Said]:
    lines = (
        "Traceback (most recent call last):",
        '  File "/app/worker.py", line 88, in run',
        "    result = task(*message.args)",
        f'  File "/app/tasks.py", line 41, in {task}',
        f"    {source}",
        "    " + "^" * len(source),
        last,
    )
    return [Said(line, "stderr") for line in lines]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, "INFO", f"{context.name} starts with 4 threads"),
        _log(at + 0.3, "INFO", "connected to amqp://queue:5672"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or "ConnectionRefusedError: [Errno 111] Connection refused"
    return _traceback(why, "connect", "connection = pool.acquire(timeout=10)")


STYLE: Final = Style(_event, _start, _crash, pace=3.0)
