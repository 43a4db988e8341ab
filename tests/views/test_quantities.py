import pytest

from kty.views.quantities import amount, in_bytes, in_units


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("0", 0.0),
        ("500m", 0.5),
        ("2", 2.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-3k", -3000.0),
        ("100n", 1e-7),
        ("7u", 7e-6),
        ("16Gi", 16.0 * 1024**3),
        ("1Ki", 1024.0),
        ("2Ei", 2.0 * 1024**6),
        ("1E", 1e18),
        ("1e3", 1000.0),
        ("1E3", 1000.0),
        ("12e-1", 1.2),
    ],
)
def test_a_quantity_is_a_number(quantity: str, number: float) -> None:
    assert amount(quantity) == pytest.approx(number)


@pytest.mark.parametrize("quantity", [None, "", "Gi", "1 Gi", "1gi", "1Gib", "one", "1e", "--1", "1e999"])
def test_what_is_no_quantity_is_no_number(quantity: str | None) -> None:
    assert amount(quantity) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, ""), (0.0, "0"), (512.0, "512"), (1024.0, "1Ki"), (16.5 * 1024**3, "16.5Gi"), (1024.0**7, "1024Ei")],
)
def test_bytes_are_shown_in_the_largest_unit_that_fits(number: float | None, text: str) -> None:
    assert in_bytes(number, 0.0) == text


@pytest.mark.parametrize(("number", "text"), [(None, ""), (4.0, "4"), (3.92, "3.92"), (110.0, "110"), (0.0, "0")])
def test_units_are_shown_without_empty_figures(number: float | None, text: str) -> None:
    assert in_units(number, 0.0) == text
