"""`keten reliability`: figures for people, and refusals that name the cure."""

from __future__ import annotations

from fractions import Fraction

import pytest

from monitor.__main__ import main
from tests.catalogue.samples import WHOLE, written
from topology.reliability import prediction
from topology.reliability.forecast import Forecast

GOOD = WHOLE.replace("{id: sw-1,", '{id: sw-1, availability: "0.998",').replace(
    "name: LAN BV,", "name: LAN BV, olas: [{target: 99, calendar: altijd}],"
)


def test_the_text_tells_the_figure_its_weak_points_and_what_the_olas_promise(
    tmp_path, capsys
) -> None:
    down = "25920 of 2592000"
    assert main(["reliability", str(written(tmp_path, a=GOOD)), "--day", "2026-06-09"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "c",
        "  predicted      99.800000 %, 5184.0 s down in 30 days",
        "  naive product  99.800000 %",
        "  single points  app, core-1, l-1, l-2, sw-1",
        "  best twin      sw-1, gains 0.199600 percent points",
        "  at worst       5184.0 s in 30 days, if nothing is independent",
        f"  OLAs promise   99.000000 % in 2026-06 ({down} s down): not enough for the target of 99.500000 %",
    ]


def test_only_the_chains_that_are_asked_for_are_told(tmp_path, capsys) -> None:
    text = GOOD.replace("level: goud}]", "level: goud}, {id: d, from: g, to: app, level: goud}]")
    assert main(["reliability", str(written(tmp_path, a=text)), "--chain", "d"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line[0] != " "] == ["d"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--chain", "zakn"], "no chain `zakn` in this catalogue; did you mean `zaken`?"),
        (["--chain", "zakn", "--chain", "??"], "no chain `??` in this catalogue; correct the id"),
        (["--day", "tomorrow"], "--day tomorrow: write a day as 2026-11-24"),
    ],
)
def test_a_chain_or_a_day_that_does_not_exist_is_refused(tmp_path, capsys, words, said) -> None:
    named = GOOD.replace("[{id: c, from", "[{id: zaken, from")
    assert main(["reliability", str(written(tmp_path, a=named)), *words]) == 2
    told = capsys.readouterr()
    assert (said in told.err, told.out) == (True, "")


def test_what_is_not_exact_is_shown_as_a_span_and_never_as_one_figure() -> None:
    told = Forecast(
        low=Fraction(998, 1000),
        high=Fraction(999, 1000),
        naive=Fraction(9, 10),
        sum_bound=None,
        spof=("a",),
        pairs=None,
        importance={},
    )
    row = prediction._chain(told, None)
    assert (row["availability"], row["exact"], row["percent"]) == (None, False, "99.800000")
    assert row["bounds"] == {"low": "99.800000", "high": "99.900000"}


def test_percentages_are_cut_and_never_rounded_up() -> None:
    assert prediction._percent(Fraction(999_999_999, 1_000_000_000)) == "99.999999"
    assert prediction._percent(Fraction(1)) == "100.000000"
    assert prediction._percent(Fraction(2, 3)) == "66.666666"


def test_a_fraction_is_told_in_full_or_not_at_all() -> None:
    most = 10**prediction.DIGITS
    assert prediction._text(Fraction(1, most - 1)) == f"1/{most - 1}"
    assert prediction._text(Fraction(1, most)) is None
    assert prediction._text(Fraction(most, most - 1)) is None
    assert prediction._text(None) is None
