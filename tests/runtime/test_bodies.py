"""Objects at rest."""

import json
import random

import psutil
from hypothesis import given
from hypothesis import strategies as st

from kty.runtime.bodies import LARGEST_SAMPLE, SAMPLES, Bodies


def pod(number: int) -> bytes:
    """Return an object of some size that has much in common with its siblings, and something of its own."""
    chance = random.Random(number)
    metadata = {"name": f"web-{number}", "uid": f"{chance.getrandbits(128):032x}", "resourceVersion": str(number)}
    environment = [{"name": f"SETTING_{key}", "value": f"{key * 7919:x}"} for key in range(100)]
    return json.dumps({"kind": "Pod", "metadata": metadata, "spec": {"env": environment}}).encode()


@given(st.lists(st.binary(max_size=200), max_size=SAMPLES * 2))
def test_what_was_packed_unpacks_to_the_same_bytes(bodies: list[bytes]) -> None:
    packer = Bodies()
    packed = [packer.pack(body) for body in bodies]
    assert [packer.unpack(each) for each in packed] == bodies


def test_objects_packed_before_the_dictionary_unpack_after_it() -> None:
    packer = Bodies()
    packed = [packer.pack(pod(number)) for number in range(SAMPLES * 3)]
    assert [packer.unpack(each) for each in packed] == [pod(number) for number in range(SAMPLES * 3)]


def test_the_dictionary_makes_objects_five_times_smaller_than_alone() -> None:
    packer = Bodies()
    first, *_ = packed = [packer.pack(pod(number)) for number in range(SAMPLES * 2)]
    assert len(packed[-1]) * 5 < len(first)


def test_no_more_memory_is_held_than_the_packed_bytes_take() -> None:
    """python-zstandard returns bytes with room behind them that sys.getsizeof does not see."""
    packer = Bodies()
    process = psutil.Process()
    own = [random.Random(number).randbytes(300).hex().encode() for number in range(4_000)]
    before = process.memory_info().rss
    packed = [packer.pack(b"%s%s" % (pod(0) * 3, each)) for each in own]
    held = process.memory_info().rss - before
    assert held < 2 * sum(map(len, packed)) + 4_000_000


def test_huge_objects_make_no_dictionary() -> None:
    """They would push the others out of it, and slow the packing of all."""
    packer = Bodies()
    for number in range(SAMPLES):
        packer.pack(random.Random(number).randbytes(LARGEST_SAMPLE + 1))
    before = len(packer.pack(pod(0)))
    for number in range(1, SAMPLES):
        packer.pack(pod(number))
    assert len(packer.pack(pod(99))) * 5 < before
