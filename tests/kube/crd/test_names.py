"""Names that Python takes, made of those that stand in a schema."""

import keyword

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.crd.names import MAX_CLASS, Taken, class_name, field_name, is_renamed, words


@pytest.mark.parametrize(
    ("key", "name", "renamed"),
    [
        ("replicas", "replicas", False),
        ("cronSpec", "cron_spec", False),
        ("ipV4Address", "ip_v4_address", False),
        ("podIPs", "pod_ips", True),
        ("externalURL", "external_url", True),
        ("URLPath", "url_path", True),
        ("Name", "name", True),
        ("x-y", "x_y", True),
        ("snake_case", "snake_case", True),
        ("a.b/c d", "a_b_c_d", True),
        ("class", "class_", True),
        ("from", "from_", True),
        ("type", "type", False),
        ("list", "list_", True),
        ("field", "field_", True),
        ("l", "l_", True),
        ("3scale", "n3scale", True),
        ("$ref", "ref", True),
        ("_hidden", "hidden", True),
        ("größe", "gr_e", True),
        ("", "field_", True),
        ("日本", "field_", True),
    ],
)
def test_a_field_has_a_name_of_python(key: str, name: str, renamed: bool) -> None:
    assert field_name(key) == name
    assert is_renamed(name, key) == renamed


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("CronTab",), "CronTab"),
        (("CronTab", "spec", "podTemplate"), "CronTabSpecPodTemplate"),
        (("cronTab", "x-y"), "CronTabXY"),
        (("my-kind",), "Mykind"),
        (("3D",), "K3D"),
        (("-",), "Kind"),
        (("Kind", *["average"] * 9, "last"), "KindAverageAverageAverageAverageAverageAverageAverageLast"),
    ],
)
def test_a_class_is_named_by_its_path(path: tuple[str, ...], name: str) -> None:
    assert class_name(path) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    taken = Taken(["Any"])
    assert [taken.free(name) for name in ("A", "A", "A", "Any", "None")] == ["A", "A2", "A3", "Any2", "None2"]
    assert [taken.free("a", "_") for _ in range(2)] == ["a", "a_2"]


@given(st.text())
def test_whatever_the_key_a_field_is_told_of_it_where_msgspec_would_call_it_otherwise(key: str) -> None:
    name = field_name(key)
    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    made = msgspec.defstruct("Made", [name], rename="camel")
    assert is_renamed(name, key) or made.__struct_encode_fields__ == (key,)


@given(st.lists(st.text(), min_size=1))
def test_whatever_the_path_a_class_has_a_name(path: list[str]) -> None:
    name = class_name(path)
    assert name.isidentifier()
    assert name.isascii()
    assert name[0].isupper()
    assert len(name) <= 2 * MAX_CLASS


@given(st.text())
def test_words_are_lower_case_letters_and_digits(key: str) -> None:
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words(key))
