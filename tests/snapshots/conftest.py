from tests.rigged.fixtures import clock, desk, server, shop

__all__ = ["clock", "desk", "server", "shop"]
