"""A PostgreSQL server: checkpoints, slow statements and quarrels about locks."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, moment

_TABLES: Final = ("orders", "customers", "products", "payments", "carts")


def _log(at: float, process: int, level: str, text: str) -> Said:
    return Said(f"{moment(at, '%Y-%m-%d %H:%M:%S.%3f UTC')} [{process}] {level}:  {text}", "stderr")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    process, table = chance.randrange(60, 4000), chance.choice(_TABLES)
    match chance.choices(("checkpoint", "slow", "error", "connection"), (5, 4, 1, 3))[0]:
        case "checkpoint":
            buffers, seconds = chance.randrange(20, 900), chance.random() * 20
            return [
                _log(at, 27, "LOG", "checkpoint starting: time"),
                _log(
                    at + 0.3,
                    27,
                    "LOG",
                    f"checkpoint complete: wrote {buffers} buffers ({buffers / 163.84:.1f}%); 0 WAL file(s) added; "
                    f"write={seconds:.3f} s, sync=0.004 s, total={seconds + 0.02:.3f} s",
                ),
            ]
        case "slow":
            took = chance.uniform(250, 3000)
            return [
                _log(
                    at,
                    process,
                    "LOG",
                    f"duration: {took:.3f} ms  statement: SELECT * FROM {table} WHERE id = {chance.randrange(100000)}",  # noqa: S608
                )
            ]
        case "error":
            return [
                _log(at, process, "ERROR", f'duplicate key value violates unique constraint "{table}_pkey"'),
                _log(at, process, "DETAIL", f"Key (id)=({chance.randrange(100000)}) already exists."),
                _log(at, process, "STATEMENT", f"INSERT INTO {table} (id, created_at) VALUES ($1, $2)"),  # noqa: S608
            ]
    return [_log(at, process, "LOG", "connection authorized: user=shop database=shop application_name=api")]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, 1, "LOG", "starting PostgreSQL 18.0 on x86_64-pc-linux-gnu, 64-bit"),
        _log(at, 1, "LOG", 'listening on IPv4 address "0.0.0.0", port 5432'),
        _log(at, 29, "LOG", "database system was shut down"),
        _log(at + 0.2, 1, "LOG", "database system is ready to accept connections"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or 'could not write to file "base/pgsql_tmp/pgsql_tmp1.0": No space left on device'
    return [_log(at, 1, "FATAL", why), _log(at, 1, "LOG", "database system is shut down")]


STYLE: Final = Style(_event, _start, _crash, pace=9.0)
