"""Quantities read, counted with and written as the API server does it; the tables were checked with apimachinery."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.quantity import Format, Quantity, QuantityMistake

parse = Quantity.parse


@pytest.mark.parametrize(
    ("text", "canonical", "amount"),
    [
        ("0", "0", "0"),
        ("-0", "0", "0"),
        ("00.000Ki", "0", "0"),
        ("7", "7", "7"),
        ("+7", "7", "7"),
        ("-7", "-7", "-7"),
        ("007", "7", "7"),
        ("7.", "7", "7"),
        (".5", "500m", "0.5"),
        ("-.5", "-500m", "-0.5"),
        ("100n", "100n", "0.0000001"),
        ("1000n", "1u", "0.000001"),
        ("1500u", "1500u", "0.0015"),
        ("250m", "250m", "0.25"),
        ("1000m", "1", "1"),
        ("1k", "1k", "1000"),
        ("1000k", "1M", "1000000"),
        ("1500", "1500", "1500"),
        ("2G", "2G", "2000000000"),
        ("0.1T", "100G", "100000000000"),
        ("3P", "3P", "3000000000000000"),
        ("1E", "1E", "1000000000000000000"),
        ("1e3", "1e3", "1000"),
        ("1E3", "1e3", "1000"),
        ("1e+3", "1e3", "1000"),
        ("1e4", "10e3", "10000"),
        ("1.5e1", "15", "15"),
        ("1e-3", "1e-3", "0.001"),
        ("1e-1", "100e-3", "0.1"),
        ("1e-12", "1e-9", "0.000000001"),
        ("5Ki", "5Ki", "5120"),
        ("1024Ki", "1Mi", "1048576"),
        ("1023Ki", "1023Ki", "1047552"),
        ("1.5Gi", "1536Mi", "1610612736"),
        ("-1.5Gi", "-1536Mi", "-1610612736"),
        ("0.5Ki", "512", "512"),
        ("0.0005Ki", "512m", "0.512"),
        ("1.1Ki", "1126400m", "1126.4"),
        ("7Ei", "7Ei", "8070450532247928832"),
        # too small: something rather than nothing
        ("0.1n", "1n", "0.000000001"),
        ("-1.00000000001", "-1000000001n", "-1.000000001"),
        # too large for 63 bits: cut off where the suffix is one of 2, and only there
        ("8Ei", "9223372036854775807", "9223372036854775807"),
        ("-8Ei", "-9223372036854775807", "-9223372036854775807"),
        ("12345E", "12345E", "12345000000000000000000"),
        ("1e21", "1e21", "1000000000000000000000"),
        # Go leaves the suffix out here, which it has none for, and prints `1`
        ("1000E", "1000E", "1000000000000000000000"),
    ],
)
def test_every_form_is_read_exactly_and_printed_in_one_way(text: str, canonical: str, amount: str) -> None:
    quantity = parse(text)
    assert str(quantity) == canonical
    assert quantity.decimal() == Decimal(amount)
    assert parse(canonical) == quantity
    assert str(parse(canonical)) == canonical


@pytest.mark.parametrize(
    "text",
    ["", " ", "1 ", " 1", "m", "-", ".", "Ki", "e3", "1i", "1ki", "1KI", "1mi", "1K", "1g", "1e", "1e1.5", "1em", "1m5",
     "--1", "1-", "1.2.3", "1,5", "1_000", "0x10", "inf", "nan", "١", "1Ki1", "1\n", "9" * 151],
)  # fmt: skip
def test_what_is_no_quantity_is_a_mistake(text: str) -> None:
    with pytest.raises(QuantityMistake) as caught:
        parse(text)
    assert isinstance(caught.value, UsageError)
    assert isinstance(caught.value, ValueError)
    assert "is no quantity" in str(caught.value)
    assert "\n" not in caught.value.sentence()


def test_a_power_beyond_all_measure_is_a_mistake_at_once() -> None:
    with pytest.raises(QuantityMistake, match="beyond all measure"):
        parse("1e999999999")
    assert parse("1e-999999999") == parse("1n")
    assert float(parse(f"{'9' * 140}e150")) == pytest.approx(1e290)


@pytest.mark.parametrize(
    ("left", "right", "total", "difference"),
    [
        ("1", "500m", "1500m", "500m"),
        ("1Gi", "512Mi", "1536Mi", "512Mi"),
        ("1Gi", "1G", "2073741824", "73741824"),
        ("1G", "1Gi", "2073741824", "-73741824"),
        ("0", "1Gi", "1Gi", "-1Gi"),
        ("1e3", "1", "1001", "999"),
        ("1Ki", "1", "1025", "1023"),
        ("0.1", "0.2", "300m", "-100m"),
        ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806"),
    ],
)
def test_sums_are_exact_and_keep_the_suffixes_of_the_left(left: str, right: str, total: str, difference: str) -> None:
    assert str(parse(left) + parse(right)) == total
    assert str(parse(left) - parse(right)) == difference


def test_the_requests_of_all_containers_add_up() -> None:
    assert str(sum([parse("250m"), parse("1"), parse("750m")], Quantity())) == "2"
    assert str(sum([parse("64Mi"), parse("64Mi")])) == "128Mi"
    assert str(3 * parse("500m")) == "1500m"
    assert str(-(parse("1Ki") * 2)) == "-2Ki"


def test_usage_is_compared_with_its_limit() -> None:
    assert parse("1500m") < parse("2") < parse("2Ki")
    assert parse("1Gi") > parse("1G")
    assert parse("1000m") == parse("1") == parse("1e0")
    assert hash(parse("1024Ki")) == hash(parse("1Mi"))
    assert parse("512Mi") / parse("2Gi") == 0.25
    assert not parse("0Gi")
    with pytest.raises(ZeroDivisionError):
        parse("1") / parse("0")


@pytest.mark.parametrize(
    ("text", "whole", "thousandths"),
    [("1500m", 2, 1500), ("-1500m", -2, -1500), ("1n", 1, 1), ("2Ki", 2048, 2_048_000), ("0", 0, 0)],
)
def test_units_are_counted_away_from_zero(text: str, whole: int, thousandths: int) -> None:
    assert int(parse(text)) == whole
    assert parse(text).scaled(-3) == thousandths
    assert parse("1001").scaled(3) == 2


@pytest.mark.parametrize(
    ("amount", "format_", "text"),
    [
        (0.1, "DecimalSI", "100m"),
        (1.5, "DecimalExponent", "1500e-3"),
        (2048, "BinarySI", "2Ki"),
        (Decimal("0.0000000005"), "DecimalSI", "0"),
        (Decimal("12345678901234567890.000000001"), "DecimalSI", "12345678901234567890000000001n"),
    ],
)
def test_a_number_becomes_a_quantity(amount: float | Decimal, format_: Format, text: str) -> None:
    assert str(Quantity.of(amount, format_)) == text


@pytest.mark.parametrize("amount", [float("inf"), float("nan"), Decimal("NaN")])
def test_what_is_no_number_becomes_none(amount: float | Decimal) -> None:
    with pytest.raises(QuantityMistake):
        Quantity.of(amount)


QUANTITIES = st.builds(
    Quantity, st.integers(-(10**30), 10**30), st.sampled_from(["BinarySI", "DecimalSI", "DecimalExponent"])
)


@given(QUANTITIES)
def test_what_is_printed_is_read_back(quantity: Quantity) -> None:
    assert parse(str(quantity)) == quantity or abs(quantity.nano) > (2**63 - 1) * 10**9  # cut off, with a suffix of 2
    assert Fraction(quantity.decimal()) * 10**9 == quantity.nano


@given(st.text(alphabet="0123456789.+-eEinumkKMGTP", max_size=12))
def test_whatever_is_typed_is_a_quantity_or_a_mistake(text: str) -> None:
    try:
        quantity = parse(text)
    except QuantityMistake:
        return
    assert str(parse(str(quantity))) == str(quantity)
