"""`python -m bench NAME`: run one measure and print its table."""

import importlib
import sys

MEASURES = {
    "attacks": "a server that is attacked: memory above its rest, and how long an honest login takes",
    "again": "the first frame of a further app in one process, as each login is one",
    "browse": "kty on a pseudo-terminal: first row, all rows, memory, idle cost, change and filter latency",
    "dashboards": "a hundred people at one `kty serve`: memory, keys, first frames, collections of garbage",
    "demo": "the demo: start to ready, with 10,000 pods more, its memory, and `kty --demo` to the first row",
    "graph": "the graph of a deployment with 1,000 pods: from the key to the whole of it",
    "hold": "10,000 pods listed and held as rows, Structs and dicts, beside kubernetes_asyncio's models",
    "handshakes": "logins a second of `kty serve`, beside those of sshd",
    "leaving": "600 people come to `kty serve` and go: tasks, sockets and memory after 300 and after all",
    "metrics": "one poll of metrics at 10,000 pods: CPU of decode, join and repaint, longest pause",
    "logs": "logs of a pod that prints 20,000 lines a second: first line, keys, lines lost, memory",
    "pauses": "the longest pause of the event loop while a large list arrives",
    "shell": "a shell in a real pod: bytes a second of a large file, and ctrl-c while it pours, beside kubectl",
    "streams": "lines of a log a second, and bytes through a command, beside bare aiohttp",
}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in MEASURES:
        print(__doc__, *(f"  {name:8} {what}" for name, what in MEASURES.items()), sep="\n")
        return 2
    result = importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])
    assert isinstance(result, int)
    return result


if __name__ == "__main__":
    sys.exit(main())
