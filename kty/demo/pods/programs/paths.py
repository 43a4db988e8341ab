"""Programs about paths: which, basename, dirname, readlink."""

import posixpath

from kty.demo.pods.files import Link
from kty.demo.pods.machine import Process


async def which(process: Process) -> int:
    missing = [name for name in process.arguments if name not in process.machine.programs]
    for name in process.arguments:
        if name not in missing:
            await process.say(f"/bin/{name}\n")
    return 1 if missing else 0


async def basename(process: Process) -> int:
    if not process.arguments:
        return await process.complain("missing operand")
    name = posixpath.basename(process.arguments[0].rstrip("/")) or "/"
    suffix = process.arguments[1] if len(process.arguments) > 1 else ""
    await process.say((name.removesuffix(suffix) or name) + "\n")
    return 0


async def dirname(process: Process) -> int:
    for path in process.arguments:
        await process.say((posixpath.dirname(path.rstrip("/")) or ("/" if path.startswith("/") else ".")) + "\n")
    return 0 if process.arguments else await process.complain("missing operand")


async def readlink(process: Process) -> int:
    follow = process.arguments[:1] == ["-f"]
    for path in process.arguments[follow:]:
        if follow:
            await process.say(process.files.real(path, process.cwd) + "\n")
            continue
        node = process.files.find(path, process.cwd, follow=False)
        if not isinstance(node, Link):
            return 1
        await process.say(f"{node.target}\n")
    return 0
