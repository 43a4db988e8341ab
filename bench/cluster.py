"""The cluster that KUBECONFIG names, asked without kty: what a measure is compared with."""

import http.client
import json
import os
import shlex
import shutil
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml


class Cluster:
    """One kept-alive connection to the API server, as the kubeconfig's user (token or client certificate)."""

    def __init__(self) -> None:
        config = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text())
        context = next(c["context"] for c in config["contexts"] if c["name"] == config["current-context"])
        cluster = next(c["cluster"] for c in config["clusters"] if c["name"] == context["cluster"])
        user = next(u["user"] for u in config["users"] if u["name"] == context["user"])
        server = urlsplit(cluster["server"])
        tls = ssl.create_default_context(cafile=cluster.get("certificate-authority"))
        if "client-certificate" in user:
            tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self._headers = {"User-Agent": "kty-bench"}
        if "token" in user:
            self._headers["Authorization"] = f"Bearer {user['token']}"
        self._connection = http.client.HTTPSConnection(server.hostname or "", server.port, context=tls)

    def ask(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> bytes:
        """Return the answer's body. Raises RuntimeError for a status of 400 and above."""
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, {**self._headers, "Content-Type": kind})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content

    def pods(self) -> int:
        """Return how many pods there are."""
        answer = json.loads(self.ask("GET", "/api/v1/pods?limit=1"))
        return int(len(answer["items"]) + answer["metadata"].get("remainingItemCount", 0))

    def lists(self) -> float:
        """Return how many LIST requests the API server has answered since it started."""
        lines = self.ask("GET", "/metrics").decode().splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith("apiserver_request_total{") and 'verb="LIST"' in line
        )


def kubectl_get_pods() -> tuple[float, float]:
    """Return seconds and peak MiB of `kubectl get pods -A`; KTY_BENCH_KUBECTL names another kubectl command."""
    command = shlex.split(os.environ.get("KTY_BENCH_KUBECTL", "kubectl"))
    if not shutil.which(command[0]):
        raise SystemExit("no kubectl here: set KTY_BENCH_KUBECTL, for example to `…/cluster kubectl`")
    start = time.perf_counter()
    process = subprocess.Popen([*command, "get", "pods", "-A"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    while process.stdout.read(1 << 16):
        pass
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, usage.ru_maxrss / 1024
