"""Programs as a person types them."""

import pytest

from kty.errors import UsageError
from kty.views.program_lines import read_program, typed_before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ()),
        ("  ", ()),
        ("ls -l /tmp", ("ls", "-l", "/tmp")),
        ("sh -c 'a b | c'", ("sh", "-c", "a b | c")),
        ('echo "it\'s" a\\ b # $x', ("echo", "it's", "a b", "#", "$x")),
        ("echo '' ü", ("echo", "", "ü")),
    ],
)
def test_words_are_read_as_a_shell_reads_them(line: str, words: tuple[str, ...]) -> None:
    assert read_program(line) == words


@pytest.mark.parametrize(
    ("line", "mistake"),
    [("echo 'a", "a quote has no other half"), ('"', "a quote has no other half"), ("a \\", "nothing behind")],
)
def test_a_mistake_is_named(line: str, mistake: str) -> None:
    with pytest.raises(UsageError, match=mistake):
        read_program(line)


def test_the_latest_line_is_offered_first() -> None:
    assert typed_before("l", ("ls", "cat", "ls -l")) == ["ls -l", "ls"]
    assert len(typed_before("", [str(number) for number in range(99)])) == 20
