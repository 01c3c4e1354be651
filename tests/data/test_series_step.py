"""The step of a series: whatever rhythm time stamps have, the next ones go on in it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import pandas
import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.repair import Regularizer
from seqnlp.data.series.rows import Row
from seqnlp.data.series.step import Step, find_step
from seqnlp.data.series.time import Stamps, Timestamp, read_timestamp, write_timestamp
from seqnlp.errors import DataError, SeqnlpError

RHYTHMS = {
    "month ends": (
        "2023-10-31 2023-11-30 2023-12-31 2024-01-31 2024-02-29 2024-03-31 2024-04-30",
        "1 month (the last day)",
    ),
    "quarter ends": ("2022-12-31 2023-03-31 2023-06-30 2023-09-30 2023-12-31", "3 months (the last day)"),
    "quarter ends, few": ("2023-06-30 2023-09-30 2023-12-31", "3 months (the last day)"),
    "the 15th": ("2023-11-15 2023-12-15 2024-01-15 2024-02-15 2024-03-15 2024-04-15", "1 month"),
    "the 30th": ("2023-12-30 2024-01-30 2024-02-29 2024-03-30 2024-04-30 2024-05-30", "1 month (day 30)"),
    "four weeks": ("2024-01-08 2024-02-05 2024-03-04 2024-04-01 2024-04-29", "28 days"),
    "weeks": ("2024-01-08 2024-01-15 2024-01-22 2024-01-29", "7 days"),
    "weekdays": (
        "2024-05-02 2024-05-03 2024-05-06 2024-05-07 2024-05-08 2024-05-09 2024-05-10 2024-05-13",
        "1 weekday",
    ),
    "twice a month": ("2024-01-01 2024-01-15 2024-02-01 2024-02-15 2024-03-01", "half a month (the 1st and the 15th)"),
    "last weekdays": ("2024-02-29 2024-03-29 2024-04-30 2024-05-31 2024-06-28", "1 month (its last weekday)"),
    "third Fridays": ("2024-01-19 2024-02-16 2024-03-15 2024-04-19 2024-05-17", "1 month (WOM-3FRI)"),
    "months": ("2023-11 2023-12 2024-01 2024-02 2024-03", "1 month"),
    "months in digits": ("202311 202312 202401 202402 202403", "1 month"),
    "days in digits": ("20231230 20231231 20240101 20240102", "1 day"),
    "years": ("2019-01-01 2020-01-01 2021-01-01 2022-01-01", "12 months"),
    "leap days": ("2023-02-28 2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29", "12 months (the last day)"),
    "half hours": ("2024-01-01T23:00 2024-01-01T23:30 2024-01-02T00:00 2024-01-02T00:30", "30 minutes"),
    "hours, clocks go forward": (
        "2024-03-31T00:00+01:00 2024-03-31T01:00+01:00 2024-03-31T03:00+02:00 2024-03-31T04:00+02:00",
        "1 hour",
    ),
    "days, clocks go forward": (
        "2024-03-29T00:00+01:00 2024-03-30T00:00+01:00 2024-03-31T00:00+01:00 2024-04-01T00:00+02:00 "
        "2024-04-02T00:00+02:00",
        "1 day",
    ),
}


def moments_of(stamps: Sequence[str]) -> list[Timestamp]:
    return [read_timestamp(stamp) for stamp in stamps]


def zone_of(moment: Timestamp) -> object:
    return moment.tzinfo if isinstance(moment, datetime) else None


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_the_step_found_in_a_beginning_leads_to_every_later_stamp(rhythm: str) -> None:
    text, words = RHYTHMS[rhythm]
    stamps = text.split()
    moments = moments_of(stamps)
    step = find_step(moments)
    assert step is not None
    assert step.words(moments[0]) == words
    for number, moment in enumerate(moments):
        for ahead in range(1, len(moments) - number):
            later = moments[number + ahead]
            assert step.count(moment, later) == pytest.approx(ahead)
            if zone_of(moment) == zone_of(later):
                assert step.after(moment, ahead) == later
                assert write_timestamp(step.after(moment, ahead), stamps[number]) == stamps[number + ahead]
    assert Step(**asdict(step)) == step


@pytest.mark.parametrize("rhythm", ["month ends", "quarter ends", "the 15th", "weekdays", "four weeks"])
def test_a_missing_row_does_not_hide_the_rhythm(rhythm: str) -> None:
    moments = moments_of(RHYTHMS[rhythm][0].split())
    step = find_step(moments)
    assert step is not None
    assert find_step([*moments[:2], *moments[3:]]) == step
    assert step.count(moments[1], moments[3]) == pytest.approx(2)


def test_a_moment_between_two_steps_is_a_part_of_one() -> None:
    weekdays = Step(frequency="B")
    friday = datetime(2024, 5, 3)
    assert weekdays.count(friday, datetime(2024, 5, 6, 12)) == pytest.approx(1.5)
    assert Step(months=1, day=31).count(datetime(2024, 1, 31), datetime(2024, 2, 15)) == pytest.approx(15 / 29)


@pytest.mark.parametrize("step", [Step(frequency="B"), Step(months=1, day=31), Step(frequency="WOM-3FRI")])
def test_steps_are_counted_over_thousands_of_years(step: Step) -> None:
    begin = step.after(datetime(2023, 1, 31))
    assert step.count(begin, step.after(begin, 70_000)) == 70_000


def test_numbers_have_no_step_of_the_calendar() -> None:
    config = SeriesDataConfig(train="x.csv", time_column="t")
    repair = Regularizer(config, ("v",), Step(frequency="B"), "x.csv")
    with pytest.raises(DataError, match=r"x.csv:2: expected dates as time stamps, .* found the number 17"):
        list(repair.add(Row(2, 17.0, "17", (1.0,))))


def test_steps_of_older_models_go_on_as_they_did() -> None:
    step = Step(**{"months": 1, "size": 0.0})
    assert step.after(datetime(2024, 1, 31)) == datetime(2024, 2, 29)
    assert Step(**{"months": 0, "size": 86400.0}).words(datetime(2024, 1, 1)) == "1 day"


def test_numbers_stay_numbers_and_months_stay_months() -> None:
    numbers = Stamps("", "x.csv")
    assert [numbers.read(text, "t", 2) for text in ("199999", "200001", "200101")] == [199999, 200001, 200101]
    assert Stamps("number", "x.csv").read("200101", "t", 2) == 200101
    months = Stamps("", "x.csv")
    assert months.read("202312", "t", 2) == datetime(2023, 12, 1)
    with pytest.raises(DataError, match=r"x.csv:3: column 't': expected a date .*found a number \('202313'\)"):
        months.read("202313", "t", 3)


def test_a_clock_of_twelve_hours_needs_its_half_of_the_day() -> None:
    def problems(time_format: str) -> list[str]:
        return SeriesDataConfig(train="x.csv", time_column="t", time_format=time_format).problems()

    assert problems("%d.%m.%Y %I:%M %p") == problems("%d.%m.%Y %H:%M") == []
    assert "%p (AM or PM) means nothing beside %H" in problems("%d.%m.%Y %H:%M %p")[0]
    assert "%I counts to 12 and needs %p" in problems("%d.%m.%Y %I:%M")[0]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T05",
        "2024-01-31T05:30",
        "2024-01-31T05:30+02:00",
        "2024-01-31T05:30:00Z",
        "2024-01-31T05:30:00.250+0200",
        "2024-01-31T05:30:00.000001",
        "202401",
        "20240131",
        "2024-01-31T00:00+02:00",
    ],
)
def test_a_stamp_is_written_as_the_one_it_is_like(text: str) -> None:
    assert write_timestamp(read_timestamp(text), text) == text


def test_a_stamp_gets_the_parts_that_the_other_lacks() -> None:
    assert write_timestamp(datetime(2024, 1, 31, 6), "2024-01-31") == "2024-01-31 06"
    assert write_timestamp(datetime(2024, 1, 31), "2024-01") == "2024-01-31"
    assert write_timestamp(datetime(2024, 1, 31, 6, 30, 5), "2024-01-31T06:30") == "2024-01-31T06:30:05"


def test_days_and_months_without_zeros_stay_without() -> None:
    us, german = "%m/%d/%Y %H:%M", "%d.%m.%Y"
    later = datetime(2024, 2, 3, 5, 5)
    assert write_timestamp(later, "1/31/2024 4:05", us) == "2/3/2024 5:05"
    assert write_timestamp(later, "01/31/2024 04:05", us) == "02/03/2024 05:05"
    assert write_timestamp(later, "2.2.2024", german) == "3.2.2024"
    assert write_timestamp(later, "02.02.2024", german) == "03.02.2024"
    hours = "%Y-%m-%d %H"  # dates with zeros, hours in a column of their own without
    assert write_timestamp(later, "2024-01-31 4", hours) == "2024-02-03 5"
    assert write_timestamp(later, "2024-12-31 4", hours) == "2024-02-03 5"
    assert write_timestamp(later, "2024-01-31 04", hours) == "2024-02-03 05"
    assert write_timestamp(later, "2024-1-31 4", hours) == "2024-2-3 5"
    assert write_timestamp(later, "2024-01-31 23", hours) == "2024-02-03 05"
    assert write_timestamp(later.replace(hour=0), "2024 1 31 4", "%Y %m %d %H") == "2024 2 3 0"


@pytest.mark.parametrize("day", [0, 30, 31])
@pytest.mark.parametrize("months", [1, 3, 12])
def test_months_are_those_of_pandas(months: int, day: int) -> None:
    step = Step(months=months, day=day)
    for begin in (datetime(2023, 12, 31, 5), datetime(2024, 2, 29), datetime(2023, 1, 1, 0, 0, 0, 7)):
        for steps in (-25, -12, -1, 1, 2, 11, 12, 13):
            later = pandas.Timestamp(begin) + pandas.DateOffset(months=months * steps)
            assert step.after(begin, steps) == (later + pandas.DateOffset(day=day) if day else later)
    with pytest.raises(ValueError, match="year 10000 is out of range"):
        step.after(datetime(9999, 12, 1))


def test_a_step_of_the_calendar_says_that_it_needs_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SeqnlpError, match="need pandas, which is not installed; `pip install pandas`"):
        Step(frequency="B").after(datetime(2030, 1, 31), 1)
    assert Step(months=1).after(datetime(2030, 1, 31), 1) == datetime(2030, 2, 28)
    assert Step(size=86400.0).after(datetime(2030, 1, 31), 1) == datetime(2030, 2, 1)


@pytest.mark.parametrize("time_format", ["", "number"])
def test_a_time_stamp_with_python_s_digit_groups_is_no_number(time_format: str) -> None:
    with pytest.raises(ValueError, match="1_000"):
        Stamps(time_format, "x.csv").read("1_000", "t", 2)
