"""What kty remembers for a person from one start to the next: one file beside others of the XDG state directory."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct, field

from kty.drafts import whole
from kty.settings import state_path

HISTORY = 100
"""How many commands are remembered, and how many lines that were run in containers."""

_PATIENCE = 0.05
"""Seconds to wait for another kty that writes the state file: the keyboard waits too. The next save tries again."""


class _Memory(Struct, omit_defaults=True):
    """What the state file holds."""

    namespaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: dict[str, tuple[str, bool]] = field(default_factory=dict)
    wide: dict[str, bool] = field(default_factory=dict)
    logs: dict[str, str | int | bool] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    theme: str = ""
    programs: list[str] = field(default_factory=list)

    def take(self, newer: "_Memory") -> None:
        """Take over what was remembered since."""
        self.namespaces |= newer.namespaces
        self.sort |= newer.sort
        self.wide |= newer.wide
        self.logs |= newer.logs
        self.theme = newer.theme or self.theme
        self.history = _joined(self.history, newer.history)
        self.programs = _joined(self.programs, newer.programs)


def _joined(older: list[str], newer: list[str]) -> list[str]:
    return ([line for line in older if line not in newer] + newer)[-HISTORY:]


class State:
    """What was shown last and how; several kty may share one file, where the last to remember a thing wins.

    Trouble with the file never stops anybody: it is said in `fault`, and what is known stays in memory. `State()` has
    no file.
    """

    def __init__(self) -> None:
        self.fault = ""
        """Why the file could not be read or written; empty when all is well."""
        self._path: Path | None = None
        self._memory = _Memory()
        self._unsaved = _Memory()

    @classmethod
    def load(cls, path: Path | None = None) -> "State":
        """Return what the file holds, or nothing where there is none or it is broken."""
        state = cls()
        try:
            state._path = path or state_path()
        except OSError as error:
            state.fault = f"nothing will be remembered: {error}"
        else:
            state._memory, state.fault = _recall(state._path)
        return state

    def save(self) -> None:
        """Write what was remembered since the last time; nothing is done when that is nothing."""
        if self._path is None or self._unsaved == _Memory():
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(self._path.with_suffix(".lock")):
                memory, _ = _recall(self._path)
                memory.take(self._unsaved)
                with whole(self._path) as file:
                    file.write(msgspec.json.encode(memory))
        except (OSError, UnicodeEncodeError) as error:
            self.fault = f"{self._path} cannot be written: {_reason(error)}"
            return
        self.fault = ""
        self._memory, self._unsaved = memory, _Memory()

    def _remember(self, newer: _Memory) -> None:
        self._memory.take(newer)
        self._unsaved.take(newer)

    def namespaces(self, context: str) -> tuple[str, ...] | None:
        """Return what was shown last in this context: namespaces, none for all of them, or None where not known."""
        return self._memory.namespaces.get(context)

    def remember_namespaces(self, context: str, namespaces: tuple[str, ...]) -> None:
        """Remember the namespaces shown in this context; none means all of them."""
        self._remember(_Memory(namespaces={context: namespaces}))

    def sort(self, kind: str) -> tuple[str, bool] | None:
        """Return the column by which this kind (`deployments.apps`) is sorted, and whether in reverse."""
        return self._memory.sort.get(kind)

    def remember_sort(self, kind: str, column: str, reverse: bool) -> None:
        """Remember the column by which this kind is sorted."""
        self._remember(_Memory(sort={kind: (column, reverse)}))

    def wide(self, kind: str) -> bool:
        """Say whether wide columns of this kind are shown."""
        return self._memory.wide.get(kind, False)

    def remember_wide(self, kind: str, wide: bool) -> None:
        """Remember whether wide columns of this kind are shown."""
        self._remember(_Memory(wide={kind: wide}))

    @property
    def logs(self) -> Mapping[str, str | int | bool]:
        """How logs were shown last, as `remember_logs` was told."""
        return self._memory.logs

    def remember_logs(self, **shown: str | int | bool) -> None:
        """Remember how logs are shown; what is not said stays."""
        self._remember(_Memory(logs=shown))

    @property
    def theme(self) -> str:
        """The theme that was chosen last, as `Settings.theme` has it; empty where none was."""
        return self._memory.theme

    def remember_theme(self, theme: str) -> None:
        """Remember the theme that was chosen."""
        self._remember(_Memory(theme=theme))

    @property
    def history(self) -> tuple[str, ...]:
        """The commands typed, latest last, each of them once."""
        return tuple(self._memory.history)

    def remember_command(self, line: str) -> None:
        """Remember a command as the latest one."""
        if line := line.strip():
            self._remember(_Memory(history=[line]))

    @property
    def programs(self) -> tuple[str, ...]:
        """The lines that were run in containers, latest last, each of them once."""
        return tuple(self._memory.programs)

    def remember_program(self, line: str) -> None:
        """Remember a line that was run in a container; one that begins with a blank is nobody's business."""
        if line.strip() and not line[0].isspace():
            self._remember(_Memory(programs=[line.strip()]))


def _recall(path: Path) -> tuple[_Memory, str]:
    """Return what the file holds, and why that is nothing when it is broken."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Memory), ""
    except FileNotFoundError:
        return _Memory(), ""
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        return _Memory(), f"{path} cannot be read, so kty starts afresh: {_reason(error)}"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock, where the system has locks. Raises TimeoutError when somebody else does not let it go."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    raise TimeoutError("another kty has been writing it for too long") from None
                time.sleep(0.005)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(handle)
