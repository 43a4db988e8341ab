"""Files of the person's own that are written whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

_numbers = count()


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Write a file for its owner's eyes only: it is there, instead of one of that name, once the block has ended.

    Whoever reads meanwhile sees what was there before. Where the block is broken off nothing is left of it. Raises
    OSError.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{next(_numbers)}")
    draft.unlink(missing_ok=True)  # of a process long ago
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file
        draft.replace(path)
    except BaseException:  # a cancellation, too: it goes on, and leaves nothing behind
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
