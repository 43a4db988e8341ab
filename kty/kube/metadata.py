"""Objects without what they say of themselves: the server sends their metadata only (meta/v1 PartialObjectMetadata)."""

from kty.kube.codecs import JSON, ObjectCodec


def _accept(kind: str) -> str:
    return f"{JSON};as={kind};v=v1;g=meta.k8s.io,{JSON}"


class MetadataCodec(ObjectCodec):
    """Read metadata only. A server that cannot leave out the rest sends it, and it is not looked at."""

    accept = _accept("PartialObjectMetadataList")
    accept_watch = _accept("PartialObjectMetadata")
