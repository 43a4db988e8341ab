"""What a session knows of its cluster: asked until the cluster has said so."""

from kty.kube.client import Client
from kty.kube.exchange import Request
from kty.kube.mock import CONFIG, MockTransport
from kty.kube.reply import Reply
from kty.runtime.cluster import RETRY, Cluster
from kty.runtime.shared import Shared
from tests.runtime.fake_clock import FakeClock, settle

REVIEW = {"kind": "SelfSubjectReview", "status": {"userInfo": {"username": "jane"}}}


async def test_who_we_are_is_asked_again_where_the_server_failed() -> None:
    answers = [Reply.refusal(500, "etcd is away"), Reply.json(REVIEW)]

    def answer(request: Request) -> Reply:
        if request.path == "/version":
            return Reply.json({"gitVersion": "v1.36.3"})
        if request.path.endswith("/selfsubjectreviews"):
            return answers.pop(0)
        return Reply.json({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": []})

    clock = FakeClock()
    shared = Shared(clock=clock, connect=lambda config: Client(config, layers=(), transport=MockTransport(answer)))
    cluster = Cluster(CONFIG, shared, clock=clock)
    try:
        await cluster.kinds()
        await settle()
        assert (cluster.version, cluster.user) == ("v1.36.3", "mock")
        await clock.advance(RETRY[0])
        await settle()
        assert cluster.user == "jane"
    finally:
        await cluster.close()
        await shared.close()
