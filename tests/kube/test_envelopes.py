"""Rows, and what they share: there are ten thousand of them."""

from kty.kube.envelopes import RowMaker
from kty.kube.objects import ObjectMeta, OwnerReference


def _meta(name: str, owner: str) -> ObjectMeta:
    labels = {"app": "".join(["w", "eb"]), "b": "2"}
    return ObjectMeta(namespace="n", name=name, labels=labels, owner_references=[OwnerReference(uid=owner)])


def test_equal_labels_and_owners_are_kept_once() -> None:
    maker = RowMaker()
    one, two = [maker.row(_meta(name, "".join(["u", "-1"])), ()) for name in ("one", "two")]
    other = maker.row(_meta("other", "u-2"), ())
    assert (one.labels, one.owners) == (("app=web", "b=2"), ("u-1",))
    assert one.labels is two.labels
    assert one.owners is two.owners
    assert other.owners == ("u-2",)
