"""A program on a pseudo-terminal, its screen read as a person would."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import pyte

DRAIN = 0.002
"""Seconds within which more of one frame follows: a pseudo-terminal hands on 4 KiB at a time."""


class Terminal:
    """Runs a command on a pseudo-terminal of its own and keeps the screen that it draws."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (160, 45)
    ) -> None:
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.started = self.at = time.perf_counter()
        pid, self._fd = pty.fork()
        if pid == 0:
            os.execvpe(command[0], list(command), dict(environment))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = psutil.Process(pid)

    def press(self, keys: bytes) -> float:
        """Send keys; return when they were sent (perf_counter seconds)."""
        os.write(self._fd, keys)
        return time.perf_counter()

    def read(self, wait: float) -> bytes:
        """Return what comes within `wait` seconds, empty when nothing does; the screen has it already."""
        data = b""
        while select.select([self._fd], [], [], DRAIN if data else wait)[0]:
            try:
                part = os.read(self._fd, 1 << 16)
            except OSError:
                break
            if not part:
                break
            data += part
        if data:
            self.at = time.perf_counter()  # before pyte, which takes longer to read a frame than kty to draw it
            self._stream.feed(data)
        return data

    def text(self) -> str:
        """Return the screen as lines of text."""
        return "\n".join(self.screen.display)

    def until(self, seen: Callable[[str], bool], timeout: float = 60.0) -> float:
        """Read until the screen is as asked for; return when what made it so had come (perf_counter seconds)."""
        end = time.perf_counter() + timeout
        while not seen(self.text()):
            if not self.read(0.05) and time.perf_counter() > end:
                raise TimeoutError(f"not seen within {timeout:.0f} s:\n{self.text()}")
        return self.at

    def quiet(self, seconds: float) -> None:
        """Read until nothing has come for so long."""
        while self.read(seconds):
            pass

    def idle(self, seconds: float) -> None:
        """Read for so long, whatever comes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def memory(self) -> tuple[float, float]:
        """Return the resident memory in MiB: now, and at its highest."""
        status = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            if ":" in line
        )
        now, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return now, peak

    def cpu(self) -> float:
        """Return the CPU seconds used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)
        end = time.perf_counter() + 5
        while time.perf_counter() < end and os.waitpid(self.process.pid, os.WNOHANG) == (0, 0):
            self.read(0.05)
        os.close(self._fd)
