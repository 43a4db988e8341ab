"""One container as the kubelet runs it: pulled, started, probed, ended, started again ever later."""

from dataclasses import dataclass, field
from enum import Enum, auto
from hashlib import sha256

from kty.demo.life import images
from kty.demo.life.behaviour import Course, course_of
from kty.demo.life.events import Recorder
from kty.demo.life.probes import Probing, probing
from kty.demo.life.script import FOREVER
from kty.demo.life.world import World
from kty.demo.times import timestamp
from kty.kube.objects import Object, epoch

STEADY = 600.0
"""Seconds of running after which earlier failures are forgotten."""
LONGEST_BACKOFF = 300.0
_STARTING, _SEEN_FAILED, _COMPLAINTS = 0.3, 2.0, 60.0


class Stage(Enum):
    """What a container is about."""

    NEW = auto()
    PULLING = auto()
    PULL_FAILED = auto()
    PULL_BACKOFF = auto()
    STARTING = auto()
    RUNNING = auto()
    ENDED = auto()
    """It will be started again, and shows first how it ended."""
    BACKOFF = auto()
    STUCK = auto()
    DONE = auto()


@dataclass
class Memory:
    """What the kubelet knows of a container beyond its status. Times are `clock.now()` seconds."""

    stage: Stage = Stage.NEW
    due: float = FOREVER
    failures: int = 0
    """Ends in a row: what back-off grows with."""
    pulls: int = 0
    """Failed pulls in a row."""
    began: float = 0.0
    course: Course | None = None
    probing: Probing | None = None
    complained: float = 0.0


@dataclass
class Pod:
    """What the containers of one pod share."""

    world: World
    obj: Object
    node: str
    address: str
    events: Recorder
    present: set[str]
    """The images that are on the node."""
    memories: dict[str, Memory] = field(default_factory=dict)

    @property
    def label(self) -> str:
        meta = self.obj["metadata"]
        return f"{meta['name']}_{meta['namespace']}({meta['uid']})"


class ContainerRun:
    """Steps one container on, in its status as it stands in the pod."""

    def __init__(self, pod: Pod, spec: Object, status: Object, memory: Memory, policy: str, path: str) -> None:
        self._pod = pod
        self._world = pod.world
        self._spec = spec
        self._status = status
        self.memory = memory
        self._policy = policy
        """Its restart policy: `Always`, `OnFailure` or `Never`."""
        self._path = path

    def step(self) -> None:
        """Do what is due; `memory.due` says when to come again."""
        memory = self.memory
        if memory.stage is Stage.NEW:
            self._begin()
        ended = self._world.exits.pop((self._pod.obj["metadata"]["uid"], self._spec["name"]), None)
        if ended is not None and memory.stage is Stage.RUNNING:
            self._end(ended, "Error" if ended else "Completed", "")
        while memory.due <= self._world.now():
            {
                Stage.PULLING: self._pulled,
                Stage.PULL_FAILED: self._back_off_pulling,
                Stage.PULL_BACKOFF: self._pull,
                Stage.STARTING: self._start,
                Stage.RUNNING: self._run_on,
                Stage.ENDED: self._back_off,
                Stage.BACKOFF: self._begin,
            }[memory.stage]()

    def restarts_after(self, code: int) -> bool:
        """Say whether the container is started again when it exits like this."""
        return self._policy == "Always" or (self._policy == "OnFailure" and code != 0)

    def kill(self, code: int, reason: str) -> None:
        """End the container now, for good."""
        self._policy = "Never"
        if "running" in self._status["state"]:
            self._end(code, reason, "")
        self._later(Stage.DONE, FOREVER)

    def _begin(self) -> None:
        image, policy = self._spec["image"], self._spec.get("imagePullPolicy", "")
        is_present = image in self._pod.present or images.is_preloaded(image)
        if not images.is_reference(image):
            why = f'couldn\'t parse image name "{image}": invalid reference format'
            self._stick("InvalidImageName", "InspectFailed", f'Failed to apply default image tag "{image}": {why}')
        elif policy == "Never" and not is_present:
            why = f'Container image "{image}" is not present with pull policy of Never'
            self._stick("ErrImageNeverPull", "ErrImageNeverPull", why)
        elif is_present and (not images.needs_pull(image, policy) or images.is_preloaded(image)):
            self._tell("Pulled", f'Container image "{image}" already present on machine and can be accessed by the pod')
            if self.memory.stage is Stage.NEW:
                self._later(Stage.STARTING, _STARTING)
            else:
                self._start()
        else:
            self._pull()

    def _stick(self, reason: str, event: str, message: str) -> None:
        self._wait(reason, message)
        self._warn(event, message)
        self._warn("Failed", f"Error: {reason}")
        self._later(Stage.STUCK, FOREVER)

    def _pull(self) -> None:
        image = self._spec["image"]
        self._tell("Pulling", f'Pulling image "{image}"')
        is_quick = image in self._pod.present or images.why_no_pull(image)
        self._later(Stage.PULLING, 0.3 if is_quick else images.pull_seconds(image))

    def _pulled(self) -> None:
        image, memory = self._spec["image"], self.memory
        if why := images.why_no_pull(image):
            memory.pulls += 1
            self._wait("ErrImagePull", why)
            self._warn("Failed", f'Failed to pull image "{image}": {why}')
            self._warn("Failed", "Error: ErrImagePull")
            self._later(Stage.PULL_FAILED, _SEEN_FAILED)
            return
        seconds = 0.3 if image in self._pod.present else images.pull_seconds(image)
        took = f"{seconds:.3g}s" if seconds >= 1 else f"{round(seconds * 1000)}ms"
        said = f'Successfully pulled image "{image}" in {took} ({took} including waiting).'
        self._tell("Pulled", f"{said} Image size: {images.size(image)} bytes.")
        self._pod.present.add(image)
        memory.pulls = 0
        self._start()

    def _back_off_pulling(self) -> None:
        image = self._spec["image"]
        said = f'Back-off pulling image "{image}"'
        self._tell("BackOff", said)
        self._warn("Failed", "Error: ImagePullBackOff")
        self._wait("ImagePullBackOff", f"{said}: ErrImagePull: {images.why_no_pull(image)}")
        self._later(Stage.PULL_BACKOFF, backoff(self.memory.pulls + 1) - _SEEN_FAILED)

    def _start(self) -> None:
        now, status = self._world.now(), self._status
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
        if status["lastState"]:
            status["restartCount"] += 1
        image, uid = self._spec["image"], self._pod.obj["metadata"]["uid"]
        number = sha256(f"{uid}/{self._spec['name']}/{status['restartCount']}".encode()).hexdigest()
        status["containerID"] = f"containerd://{number}"
        status["image"], status["imageID"] = images.qualified(image), images.image_id(image)
        status["state"] = {"running": {"startedAt": timestamp(now)}}
        self._tell("Created", "Container created")
        self._tell("Started", "Container started")
        self.resume(now)
        self._run_on()

    def resume(self, began: float) -> None:
        """Go on with a container that runs since then."""
        memory = self.memory
        memory.began = began
        memory.course = course_of(self._pod.obj, self._spec)
        memory.probing = probing(self._spec, self._pod.address)
        memory.complained = 0.0
        self._later(Stage.RUNNING, 0.0)

    def _run_on(self) -> None:
        memory, now = self.memory, self._world.now()
        course, probes = memory.course, memory.probing
        assert course is not None and probes is not None  # noqa: S101, PT018 - whatever runs was resumed
        if self._at(probes.complains) <= now and now >= memory.complained:
            self._warn("Unhealthy", f"{probes.failed} probe failed: {probes.message}")
            memory.complained = now + _COMPLAINTS
        if self._at(course.run.seconds) <= now:
            code = course.run.code
            self._end(code, course.reason or ("Error" if code else "Completed"), course.last_words if code else "")
            return
        if self._at(probes.killed) <= now:
            said = f"Container {self._spec['name']} failed {probes.failed.lower()} probe"
            self._tell("Killing", said if self._policy == "Never" else f"{said}, will be restarted")
            self._end(0 if course.run.heeds_term else 137, "Completed" if course.run.heeds_term else "Error", "")
            return
        self._status["started"] = self._at(probes.started) <= now
        # A container that is there for debugging is never said to be ready.
        self._status["ready"] = self._at(probes.ready) <= now and not self._path.startswith("spec.ephemeral")
        times = [self._at(each) for each in (course.run.seconds, probes.killed, probes.started, probes.ready)]
        times.append(max(self._at(probes.complains), memory.complained))
        memory.stage, memory.due = Stage.RUNNING, min((time for time in times if time > now), default=FOREVER)

    def _at(self, seconds: float) -> float:
        return self.memory.began + seconds * self._world.pace

    def _end(self, code: int, reason: str, message: str) -> None:
        now, memory, status = self._world.now(), self.memory, self._status
        started = status["state"]["running"]["startedAt"]
        terminated = {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": timestamp(now)}
        if message and self._spec.get("terminationMessagePolicy") == "FallbackToLogsOnError":
            terminated["message"] = message
        terminated["containerID"] = status["containerID"]
        status["state"] = {"terminated": terminated}
        status["ready"] = status["started"] = False
        if now - (epoch(started) or now) > STEADY * self._world.pace:
            memory.failures = 0
        memory.failures += 1
        if not self.restarts_after(code):
            self._later(Stage.DONE, FOREVER)
        elif memory.failures == 1:
            self._later(Stage.BACKOFF, 1.0)
        else:
            self._later(Stage.ENDED, _SEEN_FAILED)

    def _back_off(self) -> None:
        name, seconds = self._spec["name"], backoff(self.memory.failures)
        shown = f"{seconds // 60:.0f}m{seconds % 60:.0f}s" if seconds >= 60 else f"{seconds:.0f}s"
        self._warn("BackOff", f"Back-off restarting failed container {name} in pod {self._pod.label}")
        self._status["lastState"] = self._status["state"]
        said = f"back-off {shown} restarting failed container={name} pod={self._pod.label}"
        self._wait("CrashLoopBackOff", said)
        self._later(Stage.BACKOFF, seconds - _SEEN_FAILED)

    def _wait(self, reason: str, message: str) -> None:
        self._status["state"] = {"waiting": {"reason": reason, "message": message}}

    def _later(self, stage: Stage, seconds: float) -> None:
        self.memory.stage = stage
        self.memory.due = self._world.after(seconds) if seconds != FOREVER else FOREVER

    def _tell(self, reason: str, message: str) -> None:
        self._pod.events.normal(self._pod.obj, reason, message, host=self._pod.node, path=self._path)

    def _warn(self, reason: str, message: str) -> None:
        self._pod.events.warning(self._pod.obj, reason, message, host=self._pod.node, path=self._path)


def backoff(failures: int) -> float:
    """Return the seconds until the next start: none after the first end, then 10, 20, 40 and so on to five minutes."""
    return min(10.0 * 2 ** (failures - 2), LONGEST_BACKOFF) if failures > 1 else 0.0
