"""One object as YAML, as it is right now."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from kty.errors import KtyError
from kty.kube.manifest import to_yaml
from kty.kube.objects import Key
from kty.kube.resource import Resource
from kty.screens.copying import copy
from kty.screens.object_screen import ObjectScreen
from kty.screens.session import Session
from kty.widgets.yaml_view import YamlView


class DetailScreen(ObjectScreen):
    """The YAML of an object, with what changes marked."""

    SHOWN_BY = YamlView

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "managed", "managedFields", id="yaml.managed"),
        Binding("d", "describe", "describe", id="yaml.describe"),
        Binding("c", "copy", "copy", id="yaml.copy"),
        Binding("y", "back", "back", id="yaml.back", show=False),
    ]

    _shows: YamlView

    def __init__(self, session: Session, resource: Resource, key: Key, where: str = "") -> None:
        super().__init__(session, resource, key, where)
        self._managed = False

    def show_object(self) -> None:
        self._show()

    def _show(self, *, mark: bool = True) -> None:
        if self._object is None:
            return
        try:
            text = to_yaml(self._object, managed_fields=self._managed)
        except KtyError as error:
            self.say(error.sentence(), "bad")
            return
        self._shows.show(text, mark=mark)

    def notes(self) -> str:
        return "with managedFields" if self._managed else ""

    def action_managed(self) -> None:
        """Show or hide metadata.managedFields."""
        self._managed = not self._managed
        self._show(mark=False)
        self.show_truth()

    def action_copy(self) -> None:
        """Copy the YAML to the clipboard of the person's terminal."""
        if self._object is not None:
            try:
                text = to_yaml(self._object, managed_fields=self._managed)
            except KtyError as error:
                self.say(error.sentence(), "bad")
            else:
                copy(self, text, f"the YAML of {self.title_text()}")
