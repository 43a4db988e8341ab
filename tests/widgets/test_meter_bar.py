import pytest

from kty.widgets.meter_bar import Meter, _side_by_side, sparkline

NAN = float("nan")


@pytest.mark.parametrize(
    ("samples", "full", "drawn"),
    [
        ([], 0.0, ""),
        ([0.0, 0.0], 0.0, "▁▁"),
        ([0.0, 4.0, 8.0], 8.0, "▁▅█"),
        ([1.0, 1.0], 0.0, "▇▇"),
        ([1.0, 16.0], 8.0, "▁█"),
        ([1.0, NAN, 1.0], 1.0, "█ █"),
        ([NAN], 0.0, " "),
    ],
)
def test_samples_are_drawn_from_nothing_up_to_what_is_full(samples: list[float], full: float, drawn: str) -> None:
    assert sparkline(samples, 10, full) == drawn


def test_the_last_samples_are_drawn_where_there_is_no_room_for_all() -> None:
    assert sparkline([8.0, 0.0, 0.0], 2, 8.0) == "▁▁"
    assert sparkline([8.0], 0, 8.0) == ""


@pytest.mark.parametrize(("room", "said"), [(60, "half of all of it"), (24, "1 of 2"), (17, "1"), (5, "")])
def test_as_much_is_said_as_there_is_room_for_beside_the_line(room: int, said: str) -> None:
    meter = Meter("CPU", [1.0] * 60, 2.0, ("half of all of it", "1 of 2", "1"))
    drawn = "".join([text for text, _ in _side_by_side([meter], room)])
    assert len(drawn) <= room
    assert drawn.endswith(said)
    assert drawn.startswith("CPU ")
