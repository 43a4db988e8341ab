"""What a program answers over HTTP of which nothing is known but that it listens."""

import json

from kty.demo.pods.network import Server
from kty.demo.pods.programs.serving import answer, request
from kty.demo.pods.streams import Reader, Sink
from kty.kube.objects import Object
from kty.runtime.clock import Clock


def page_of(clock: Clock, pod: Object, container: str) -> Server:
    """Return a server that says who it is: a page for people, JSON under /api, `ok` for probes."""
    meta = pod["metadata"]

    async def serve(reader: Reader, sink: Sink) -> None:
        asked = await request(reader)
        now = clock.now()
        if asked is None:
            await sink.write(answer(400, b"400 Bad Request\n", "text/plain", now))
            return
        method, path = asked
        about = {"pod": meta["name"], "namespace": meta["namespace"], "container": container, "path": path}
        if path.rstrip("/") in ("/healthz", "/readyz", "/livez", "/health"):
            body, kind = b"ok\n", "text/plain"
        elif path.startswith(("/api", "/v1")):
            body, kind = json.dumps(about).encode() + b"\n", "application/json"
        else:
            rows = "".join([f"<tr><th>{key}</th><td>{_escaped(value)}</td></tr>" for key, value in about.items()])
            body, kind = f"<h1>{meta['name']}</h1>\n<table>{rows}</table>\n".encode(), "text/html"
        await sink.write(answer(200, body, kind, now, only_head=method == "HEAD"))

    return serve


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
