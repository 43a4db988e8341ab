"""Run the real `kty` in a process of its own, with a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.term.desk import ROOT, Desk, desk

KTY = (sys.executable, "-m", "kty")
WATCHED = (sys.executable, "-m", "tests.watched")


@dataclass(frozen=True)
class Home:
    """Where a person's files are: nothing of the machine that runs the tests is read."""

    path: Path

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.path), "TERM": "xterm-direct"}

    @property
    def state(self) -> Path:
        return self.path / ".local/state/kty/state.json"

    @property
    def config(self) -> Path:
        return self.path / ".config/kty/config.yaml"

    @property
    def kubeconfig(self) -> Path:
        return self.path / ".kube/config"

    def write(self, path: Path, content: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def knows(self, server: str, *, user: Mapping[str, Any] | None = None, ca: str = "") -> None:
        """Write a kubeconfig with the context `dev`, whose cluster is this server."""
        content = {
            "current-context": "dev",
            "contexts": [{"name": "dev", "context": {"cluster": "here", "user": "anna"}}],
            "clusters": [{"name": "here", "cluster": {"server": server, "certificate-authority": ca}}],
            "users": [{"name": "anna", "user": dict(user or {})}],
        }
        self.write(self.kubeconfig, json.dumps(content))

    def run(self, *args: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run `kty` where no terminal is, and return what came of it."""
        return self.run_command(*KTY, *args, **more)

    def run_command(self, *command: str, **more: Any) -> subprocess.CompletedProcess[str]:
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.run(command, env=self.env, cwd=ROOT, text=True, timeout=60, check=False, **more)

    @asynccontextmanager
    async def sits(
        self,
        *args: str,
        command: tuple[str, ...] = KTY,
        size: tuple[int, int] = (120, 20),
        env: Mapping[str, str] | None = None,
        typed: bytes = b"",
    ) -> AsyncIterator[Desk]:
        """Run `kty` on a terminal, and look at it."""
        async with desk([*command, *args], {**self.env, **(env or {})}, size=size, typed=typed) as me:
            me.look()
            yield me

    async def says(self, *args: str, **more: Any) -> tuple[int, str]:
        """Run `kty` on a terminal that it leaves as it was, and return its status and what it said."""
        async with self.sits(*args, **more) as me:
            status = await me.ends()
            assert not me.left_behind
            assert b"\x1b" not in me.sent, "it touched the terminal"
            return status, me.sent.decode().replace("\r\n", "\n")
