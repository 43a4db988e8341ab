from kty.views.secrets import VIEW
from tests.views.showing import meta, row, shown

SECRET = {"metadata": meta(), "type": "Opaque", "data": {"password": "aHVudGVyMg==", "user": "YmVu"}}


def test_a_secret_shows_its_type_and_how_many_keys_it_has() -> None:
    assert shown(VIEW, SECRET) == {"Type": "Opaque", "Data": "2", "Age": "5m"}


def test_no_value_of_a_secret_is_in_its_row() -> None:
    assert "aHVudGVyMg" not in repr(row(VIEW, SECRET))
