"""What a container does: read from its command, its image, and annotations of its pod where that is not enough.

demo.kty/exits: 1 after 40s             the first container ends like this; `137 OOMKilled after 2m` names the reason
demo.kty/last-words: no such table      what a container that fails says last
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from kty.demo.life.images import is_bare
from kty.demo.life.script import FOREVER, Run, play, seconds_of
from kty.kube.objects import Object

EXITS = "demo.kty/exits"
LAST_WORDS = "demo.kty/last-words"

_EXIT = re.compile(r"(\d+)(?: +(\w+))? +after +(\S+)")
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_TASK_SECONDS = 8.0
"""How long a program takes of which nothing is known but that it is to end."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one run of a container goes."""

    run: Run
    reason: str = ""
    """Why it ended, where that is not `Completed` or `Error`."""
    last_words: str = ""

    @property
    def ends(self) -> bool:
        return self.run.seconds != FOREVER


def course_of(pod: Object, container: Object) -> Course:
    """Return how a container of a pod goes, each time it is started."""
    annotations = pod["metadata"].get("annotations") or {}
    scripted = _scripted(pod, container, annotations)
    if scripted is not None:
        return scripted
    return Course(_of_command(pod, container))


def command_of(container: Object) -> list[str]:
    return [str(word) for word in (*(container.get("command") or ()), *(container.get("args") or ()))]


def serves(container: Object) -> bool:
    """Say whether something listens in the container: not where it only sleeps or loops."""
    words = command_of(container)
    if words and words[0].rpartition("/")[2] in _SHELLS | {"sleep", "tail"}:
        return any(re.search(r"\b(httpd|nc|nginx|exec|serve|server)\b", word) for word in words)
    return bool(container.get("command")) or not is_bare(container)


def _scripted(pod: Object, container: Object, annotations: Mapping[str, str]) -> Course | None:
    is_first = pod["spec"]["containers"][0]["name"] == container["name"]
    match = _EXIT.fullmatch(annotations.get(EXITS, "")) if is_first else None
    if match is None:
        return None
    code, reason, seconds = match.groups()
    return Course(
        Run(seconds_of(seconds), int(code) & 255, heeds_term=True), reason or "", annotations.get(LAST_WORDS, "")
    )


def _of_command(pod: Object, container: Object) -> Run:
    words = command_of(container)
    is_service = pod["spec"].get("restartPolicy", "Always") == "Always"
    if not container.get("command") and not is_bare(container):
        return _of_program(is_service)
    if not words or words == ["sh"]:
        return Run(FOREVER) if container.get("stdin") or container.get("tty") else Run(0.2)
    name = words[0].rpartition("/")[2]
    if name in _SHELLS:
        script = next((word for option, word in pairwise(words) if _is_c(option)), None)
        if script is None:
            return Run(FOREVER) if container.get("stdin") or container.get("tty") else Run(0.2)
        return play(script, is_service=is_service)
    if name in ("sleep", "tail", "true", "false", "echo", "cat", "httpd", "nc", "top", "ls", "date", "env"):
        return play(" ".join(words))
    return _of_program(is_service)


def _of_program(is_service: bool) -> Run:
    return Run(FOREVER if is_service else _TASK_SECONDS, heeds_term=True)


def _is_c(option: str) -> bool:
    return re.fullmatch(r"-[a-z]*c", option) is not None
