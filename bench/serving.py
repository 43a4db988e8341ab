"""A demo cluster in a process of its own, for measures that bring their own server."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kty.demo.access.rbac import Attributes
from kty.demo.access.users import MASTERS, User, Users


class Everybody(Users):
    """Takes whoever comes for an administrator: kubectl sends no token without TLS."""

    def authenticate(self, headers: Any, what: Attributes | None = None) -> User:
        return User("admin", (MASTERS,))


@contextmanager
def served(measure: str, namespace: str = "shop") -> Iterator[dict[str, str]]:
    """Run `python -m bench MEASURE serve`, which prints its port; yield the environment of who looks at it.

    `namespace` is what they look at first, empty for all of them.
    """
    serving = [sys.executable, "-m", "bench", measure, "serve"]
    with tempfile.TemporaryDirectory() as home, subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            kubeconfig = _kubeconfig(home, server.stdout.readline().strip(), namespace)
            keep = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
            yield {**keep, "HOME": home, "KUBECONFIG": kubeconfig, "TERM": "xterm-256color"}
        finally:
            server.kill()


def _kubeconfig(home: str, port: str, namespace: str) -> str:
    path = Path(home) / "config"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "demo",
        "clusters": [{"name": "demo", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "demo", "user": {}}],
        "contexts": [{"name": "demo", "context": {"cluster": "demo", "user": "demo", "namespace": namespace}}],
    }
    path.write_text(json.dumps(content))
    return str(path)
