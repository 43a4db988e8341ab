"""What leads from a row into its pods: shells, programs, and forwarded ports."""

from collections.abc import Sequence

from msgspec.structs import replace
from textual import work
from textual.binding import Binding

from kty.errors import KtyError, UsageError
from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.runtime.access import Need
from kty.screens.acting_list import ActingList
from kty.screens.sources import PODS, Source
from kty.text import is_printable, printable
from kty.views.containers import CONTAINERS
from kty.views.forwarding import FORWARDABLE
from kty.views.program_lines import read_program, typed_before
from kty.views.registry import view_of
from kty.views.view import PortForwards, Shell
from kty.widgets.prompt import Choice, Prompt

REACHES = (
    Binding("s", "shell", "shell", id="shell"),
    Binding("a", "shell(True)", "attach", id="attach", show=False),
    Binding("x", "run", "run a command", id="run", show=False),
    Binding("F", "forward", "port-forward", id="forward", show=False),
    Binding("f", "forwards", "forwarded ports", id="forwards", show=False),
)


_RUN = "$"
"""The sign of the prompt for a program."""


class ReachingList(ActingList):
    """A list from whose rows a person gets into pods."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        source = self._source
        if source is not None:
            match action:
                case "shell" | "run":
                    return source.resource is not None and source.resource.id == "pods"
                case "forward":
                    return source.view.id in FORWARDABLE
        return super().check_action(action, parameters)

    def action_shell(self, attach: bool = False) -> None:
        """Open a shell in the container under the cursor, or join what runs there."""
        source, key = self._source, next(iter(self._chosen), None)
        if source is None or key is None or self.say_one_only("attach" if attach else "shell"):
            return
        if self.may_change("no shells"):
            self._reach(source, key, attach)

    def action_run(self) -> None:
        """Ask for a command, and run it in the container under the cursor."""
        source, key = self._source, self._key
        if source is not None and key is not None and self.may_change("no commands"):
            self._reach(source, key, False, asks=True)

    @work(exclusive=True, group="act")
    async def _reach(self, source: Source, key: Key, attach: bool, *, asks: bool = False) -> None:
        from kty.screens.container_choice import ContainerScreen, choices_of

        namespace, pod = source.object_key(key)
        if why_not := await self._why_not_in(Shell(namespace, pod, attach=attach)):
            self.report(printable(why_not), "bad")
            return
        container = key[1] if source.view is CONTAINERS else ""
        if not container:
            choices = choices_of(source.whole(key) or {})
            if len(choices) > 1:
                chosen = await self.app.push_screen_wait(ContainerScreen(pod, choices))
                if chosen is None:
                    return
                container = chosen
        target = Shell(namespace, pod, container, attach)
        if asks:
            self._runs_in = target
            self._prompt.open(_RUN)
            self._offer_programs("")
            self.say(printable(f"command to run in {namespace}/{pod} {container}".rstrip()), "")
        else:
            self.go(self.Opens(target, PODS, (namespace, pod)))

    async def _why_not_in(self, target: Shell) -> str:
        """Say why this person may not get in there; servers want one verb or both of a websocket, by their version."""
        part, access = "attach" if target.attach else "exec", self.session.cluster.access
        create, get = [Need(verb, PODS, target.namespace, target.pod, part) for verb in ("create", "get")]
        why_not = await access.why_not(create)
        return why_not if why_not and await access.why_not(get) else ""

    _runs_in: Shell | None = None

    def _offer_programs(self, text: str) -> None:
        lines = typed_before(text, self.session.state.programs)
        self._prompt.offer([Choice(line, line) for line in lines if is_printable(line)])

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == _RUN:
            self.say("")
            self._offer_programs(event.text)

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        if event.sign == _RUN:
            self.close_prompt()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        if event.sign != _RUN or self._runs_in is None:
            return
        try:
            command = read_program(event.text)
        except UsageError as mistake:
            self.say(mistake.sentence(), "bad")
            self._prompt.refuse()
            return
        self.close_prompt()
        if command:
            self.session.state.remember_program(event.text)
            self.session.state.save()
            target = replace(self._runs_in, command=command)
            self.go(self.Opens(target, PODS, (target.namespace, target.pod)))

    def action_forwards(self) -> None:
        """List the ports that are forwarded."""
        self.go(self.Opens(PortForwards()))

    def action_forward(self) -> None:
        """Forward ports of this machine to what is under the cursor."""
        source, key = self._source, next(iter(self._chosen), None)
        if source is None or source.resource is None or key is None or self.say_one_only("port-forward"):
            return
        obj = source.whole(key)
        if obj is None:
            self.say("it is gone", "warn")
        elif self.may_change("no forwarded ports"):
            self._forward(source.resource, source.object_key(key), obj, key[1] if source.view is CONTAINERS else "")

    @work(exclusive=True, group="act")
    async def _forward(self, resource: Resource, key: Key, obj: Object, container: str) -> None:
        from kty.runtime.forward_target import ForwardPort
        from kty.screens.forward_dialog import ForwardDialog
        from kty.views.forwarding import declared_ports, target_of

        session, listen = self.session, self.session.listen
        try:
            if listen is None:
                raise UsageError("ports can be forwarded only to the machine where kty runs, and you sit at another")
            target = target_of(resource, obj, view_of(resource).opens(obj))
        except KtyError as error:
            self.report(printable(error.sentence()), "bad")
            return
        pod = target.name if target.is_pod else ""
        for verb in ("create", "get"):  # since 1.35 servers want both of a websocket, before that the second
            need = Need(verb, PODS, target.namespace, pod, "portforward")
            if why_not := await session.cluster.access.why_not(need):
                self.report(printable(why_not), "bad")
                return
        cluster = session.cluster

        async def starts(ports: Sequence[ForwardPort]) -> str:
            started = await session.forwards.start(cluster, target, ports, listen)
            return ", ".join([f"{each.address[0]}:{each.address[1]} → {target}:{each.port}" for each in started])

        said = await self.app.push_screen_wait(ForwardDialog(target, declared_ports(resource, obj, container), starts))
        if said:
            self.show_frame()
            self.say(printable(said), "good")
