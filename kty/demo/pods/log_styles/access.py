"""A web server: one line a request, in the combined log format."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, address, moment

_PATHS: Final = (
    "/",
    "/products",
    "/products/{}",
    "/cart",
    "/checkout",
    "/api/orders/{}",
    "/static/app.css",
    "/search?q=tea",
)
_AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Safari/605.1.15",
    "kube-probe/1.36",
    "curl/8.14.1",
)


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    if chance.random() < 0.25:
        return [_line(chance, at, "GET", "/healthz", 200, 2, _AGENTS[2])]
    path = chance.choice(_PATHS).format(chance.randrange(1000, 9999))
    if chance.random() < 0.004:  # what a scanner sends, now and then
        path = "/search?q=" + "%27OR%271" * chance.randrange(300, 1200)
    code = chance.choices((200, 304, 302, 404, 499, 502), (80, 8, 5, 4, 1, 1))[0]
    method = "POST" if path.endswith("checkout") else "GET"
    said = [_line(chance, at, method, path, code, chance.randrange(120, 48000), chance.choice(_AGENTS[:2]))]
    if code == 502:
        when = moment(at, "%Y/%m/%d %H:%M:%S")
        upstream = f'upstream: "http://{address(chance)}:8080{path[:60]}"'
        said.append(
            Said(
                f"{when} [error] 29#29: *{chance.randrange(10000)} connect() failed (111: Connection refused) "
                f"while connecting to upstream, client: {address(chance)}, server: _, {upstream}",
                "stderr",
            )
        )
    return said


def _line(chance: random.Random, at: float, method: str, path: str, code: int, size: int, agent: str) -> Said:
    when = moment(at, "%d/%b/%Y:%H:%M:%S +0000")
    return Said(f'{address(chance)} - - [{when}] "{method} {path} HTTP/1.1" {code} {size} "-" "{agent}" "-"')


def _notice(at: float, text: str) -> Said:
    return Said(f"{moment(at, '%Y/%m/%d %H:%M:%S')} [notice] 1#1: {text}", "stderr")


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        Said("/docker-entrypoint.sh: Configuration complete; ready for start up"),
        _notice(at, 'using the "epoll" event method'),
        _notice(at, "nginx/1.29.1"),
        _notice(at, "start worker processes"),
        *[_notice(at, f"start worker process {29 + number}") for number in range(2)],
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or 'host not found in upstream "backend" in /etc/nginx/conf.d/default.conf:12'
    return [
        Said(f"{moment(at, '%Y/%m/%d %H:%M:%S')} [emerg] 1#1: {why}", "stderr"),
        Said(f"nginx: [emerg] {why}", "stderr"),
    ]


STYLE: Final = Style(_event, _start, _crash, pace=1.5)
