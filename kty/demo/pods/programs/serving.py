"""httpd and wget: a tiny web server, and what fetches from one."""

import asyncio
import posixpath
import re
from datetime import UTC, datetime
from typing import Final

from kty.demo.pods.devices import write_to
from kty.demo.pods.files import Directory
from kty.demo.pods.machine import Process
from kty.demo.pods.network import Connection, Listener, Server
from kty.demo.pods.programs import options
from kty.demo.pods.streams import CHUNK, Reader, Sink

_TYPES: Final = {".html": "text/html", ".txt": "text/plain", ".json": "application/json", ".css": "text/css"}
_REASONS: Final = {200: "OK", 400: "Bad Request", 404: "Not Found", 501: "Not Implemented"}
_URL: Final = re.compile(r"(?:http://)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?(/.*)?")


def answer(code: int, body: bytes, kind: str, now: float, *, only_head: bool = False) -> bytes:
    """Return a whole answer, after which the connection is closed."""
    date = datetime.fromtimestamp(now, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    head = f"HTTP/1.1 {code} {_REASONS[code]}\r\nDate: {date}\r\nConnection: close\r\nContent-type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + (b"" if only_head else body)


async def request(reader: Reader) -> tuple[str, str] | None:
    """Read a request up to its blank line; return its method and path, None where it is no request."""
    first = (await reader.line(1 << 16)).split()
    while (await reader.line(1 << 16)).strip():
        pass
    if len(first) != 3 or not first[2].startswith(b"HTTP/"):
        return None
    return first[0].decode("latin-1"), first[1].decode("latin-1")


def _of_folder(process: Process, root: str) -> Server:
    async def serve(reader: Reader, sink: Sink) -> None:
        asked = await request(reader)
        now = process.machine.clock.now()
        if asked is None:
            await sink.write(answer(400, b"400 Bad Request\n", "text/plain", now))
            return
        method, path = asked
        if method not in ("GET", "HEAD"):
            await sink.write(answer(501, b"501 Not Implemented\n", "text/plain", now))
            return
        path = posixpath.normpath("/" + path.partition("?")[0]).lstrip("/")
        path = posixpath.join(root, path)
        try:
            if isinstance(process.files.find(path, process.cwd), Directory):
                path = posixpath.join(path, "index.html")
            body, code = process.files.content(path, process.cwd), 200
        except OSError:
            body, code = b"<HTML><BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n", 404
        kind = _TYPES.get(posixpath.splitext(path)[1], "application/octet-stream") if code == 200 else "text/html"
        whole = answer(code, body, kind, now, only_head=method == "HEAD")
        for at in range(0, len(whole), CHUNK):
            await sink.write(whole[at : at + CHUNK])

    return serve


async def httpd(process: Process) -> int:
    """Serve a directory: `httpd [-f] [-v] [-p PORT] [-h HOME]`; without -f it goes on in the background."""
    given = options.read(process.arguments, "fvi", "phcru")
    port = given.values.get("p", "80").rpartition(":")[2]
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return await process.complain(f"bad port '{port}'")
    root = posixpath.join(process.cwd, given.values.get("h", "."))
    process.files.directory(root)
    ports = process.machine.network.ports
    if int(port) in ports:
        return await process.complain("bind: Address already in use")
    ports[int(port)] = Listener(_of_folder(process, root), process.machine)
    if "f" in given.flags:
        return await _stay(process, int(port))
    running = process.machine.enter(process.argv, parent=1)
    running.task = asyncio.ensure_future(_listen(process, int(port)))
    running.task.add_done_callback(lambda _: process.machine.leave(running))
    return 0


async def _stay(process: Process, port: int) -> int:
    """Go on until somebody ends it, or the time is up in which a log is worked out anew."""
    try:
        while True:
            await process.machine.clock.sleep(3600.0)
    finally:
        process.machine.network.ports.pop(port, None)


async def _listen(process: Process, port: int) -> int:
    """Go on until somebody ends it; in the background, where no time passes for others by that."""
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        process.machine.network.ports.pop(port, None)
    return 0


async def wget(process: Process) -> int:
    """Fetch a page of this pod, another or a service: `wget [-q] [-O FILE] [-S] [-T SECONDS] URL`."""
    words = [word for word in process.arguments if not word.startswith("--")]
    given = options.read(words, "qSc", "OTUP")
    found = _URL.fullmatch(given.operands[0]) if given.operands else None
    if found is None:
        return await process.complain(f"not an http or ftp url: {''.join(given.operands[:1])}")
    host, port, path = found[1], int(found[2] or 80), found[3] or "/"
    try:
        server = process.machine.network.server(host, port)
    except ConnectionRefusedError:
        return await process.complain(f"can't connect to remote host ({host}): Connection refused")
    except LookupError:
        return await process.complain(f"bad address '{host}'")
    connection = Connection(server)
    try:
        await connection.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return await _fetched(process, Reader(connection), given, path)
    finally:
        connection.close()


async def _fetched(process: Process, reader: Reader, given: options.Options, path: str) -> int:
    status = (await reader.line()).decode("latin-1").strip()
    lines = [status]
    while line := (await reader.line()).decode("latin-1").strip():
        lines.append(line)
    if "S" in given.flags:
        await process.stderr.write("".join([f"  {line}\n" for line in lines]).encode())
    if " 200" not in status:
        return await process.complain(f"server returned error: {status}")
    name = given.values.get("O") or posixpath.basename(path) or "index.html"
    sink = process.stdout if name == "-" else write_to(process, name)
    while data := await reader.read():
        await sink.write(data)
    return 0
