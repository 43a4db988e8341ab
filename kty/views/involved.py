"""From an object to the events about it."""

from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.views.said import text
from kty.views.view import Browse, Events


def events_about(resource: Resource, key: Key, uid: str = "") -> Events:
    """Return the events about an object: about no other of its name where it has a namespace.

    For nodes the kubelet makes up a uid, so kinds without namespaces are found by their names alone.
    """
    namespace, name = key
    return Events(namespace, resource.kind, name, uid if namespace else "")


def events_of(resource: Resource, key: Key, obj: Object) -> Browse | Events:
    """Return what `events` leads to from an object: of a namespace all in it, of an event those beside it."""
    if (resource.kind, resource.group) == ("Namespace", ""):
        return Browse("events", namespace=key[1], title=f"namespace/{key[1]}")
    if resource.plural == "events" and (name := text(obj, "involvedObject", "name")):
        kind, namespace = text(obj, "involvedObject", "kind"), text(obj, "involvedObject", "namespace")
        return Events(namespace, kind, name, text(obj, "involvedObject", "uid") if namespace else "")
    return events_about(resource, key, text(obj, "metadata", "uid"))
