"""Write log lines to a file of the person's own."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kty.drafts import whole
from kty.settings import state_path
from kty.widgets.log_ring import LogLine

PIECE = 256 << 10
"""Bytes that are written at once."""


def place_for(context: str, title: str, now: float) -> Path:
    """Return where logs are saved: below the directory of kty's state, named by what they are of and by the time."""
    name = re.sub(r"[^\w.-]+", "-", f"{context}-{title}").strip("-.")[:150]
    return state_path().parent / "logs" / f"{name}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}.log"


async def save(lines: Iterator[LogLine], path: Path, names: Sequence[str], *, times: bool) -> int:
    """Write the lines as they came, with their times and names where asked for; return how many. Raises OSError."""
    count = 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole(path) as file:
        piece = bytearray()
        for line in lines:
            piece += written(line, names, times=times)
            count += 1
            if len(piece) >= PIECE:
                await asyncio.to_thread(file.write, bytes(piece))
                piece.clear()
        await asyncio.to_thread(file.write, bytes(piece))
    return count


def written(line: LogLine, names: Sequence[str], *, times: bool) -> bytes:
    """Return a line as it came, with its time and its name where asked for."""
    head = ""
    if times and line.at:
        moment = datetime.fromtimestamp(line.at // 10**9, UTC)
        head = f"{moment:%Y-%m-%dT%H:%M:%S}.{line.at % 10**9:09}Z "
    if names:
        head += f"{names[line.source]} "
    return head.encode() + line.text + b"\n"
