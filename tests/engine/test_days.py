"""Demand by day and days without stock, against loops over single movements."""

import dataclasses
import random
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from engine import days as engine

KINDS = ((True, False, False), (False, False, False), (False, False, True))
KINDS += ((False, True, True),)  # comes back from a customer by itself


def draw(seed: int) -> list[tuple]:
    """Movements: series, day, (wanted, blind, comes), quantity, share, move."""
    dice = random.Random(seed)
    return [
        (
            dice.randint(3, 6) << 12,
            dice.randint(-5, 20),
            dice.choice(KINDS),
            dice.randint(1, 8) / 4,
            dice.choice((0.0, 0.0, 0.25, 1.0)),
            dice.choice((0, number, dice.randint(1, 12))),
        )
        for number in range(13, 13 + dice.choice((1, 7, 120)))
    ]


def counted(movements: list[tuple]) -> engine.Days:
    series, day, kinds, quantity, share, move = zip(*movements, strict=True)
    wanted, blind, comes = map(np.array, zip(*kinds, strict=True))
    return engine.by_day(
        engine.Movements(
            engine.keys(series, day, wanted, blind, comes),
            np.array(quantity),
            np.array(share),
            np.array(move),
        )
    )


def by_hand(movements: list[tuple]) -> dict:
    """(series, day) -> quantity, lines, largest, returned, moved, wanted."""
    found = defaultdict(lambda: [Fraction(0), {}, Fraction(0), Fraction(0), False])
    for number, (series, day, kind, units, share, move) in enumerate(movements):
        wanted, blind, comes = kind
        units, back = Fraction(units), Fraction(units) * Fraction(share)
        day_found = found[series, day]
        if wanted:
            line = (move, None) if move else (0, number)
            day_found[0] += units - back
            day_found[1][line] = day_found[1].get(line, 0) + units
            day_found[2] += back
        else:
            day_found[3] += units if comes else -units
        if blind:
            day_found[0] -= units
            day_found[2] += units
        day_found[4] |= wanted or blind
    return {
        key: (quantity, len(lines), max(lines.values(), default=0), back, moved, wanted)
        for key, (quantity, lines, back, moved, wanted) in sorted(found.items())
    }


@pytest.mark.parametrize("seed", range(60))
def test_by_day(seed):
    movements = draw(seed)
    # all movements of an order line came back in the same proportion
    shares = {move: share for *_rest, share, move in movements}
    movements = [
        (*rest, shares[move] if move else share, move)
        for *rest, share, move in movements
    ]
    days = counted(movements)
    names = ("quantity", "lines", "largest", "returned", "moved", "wanted")
    rows = zip(*(getattr(days, name).tolist() for name in names), strict=True)
    keys = zip(days.series.tolist(), days.day.tolist(), strict=True)
    assert dict(zip(keys, rows, strict=True)) == by_hand(movements)


@pytest.mark.parametrize("seed", range(60))
def test_stock_outs(seed):
    """Day by day: how much is there at its end, and was anything wanted at all."""
    movements = [(*rest, 0.0, move) for *rest, _share, move in draw(seed)]
    outs = engine.stock_outs(counted(movements))
    out_days, below = set(), {}
    for series in {movement[0] for movement in movements}:
        mine = [row for row in movements if row[0] == series]
        if not any(kind[0] or kind[1] for _series, _day, kind, *_rest in mine):
            continue
        changes = defaultdict(Fraction)
        for _series, day, kind, units, *_rest in mine:
            changes[day] += Fraction(units) if kind[2] else -Fraction(units)
        # days on which things only passed through count as moved on
        known = {day for day, *_figures in _days_with_figures(mine)}
        level = Fraction(0)
        begun = False
        for day in range(min(known), 40):
            level += changes[day]
            begun = True
            if begun and level == 0 and day not in known:
                out_days.add((series, day))
            if level < 0:
                below[series] = day
    found = {
        (series, day)
        for series, first, last in zip(
            outs.series.tolist(), outs.first.tolist(), outs.last.tolist(), strict=True
        )
        for day in range(first, min(last, 39) + 1)
    }
    assert found == out_days
    until = dict(zip(outs.negative.tolist(), outs.negative_until.tolist(), strict=True))
    assert {series: min(day, 39) for series, day in until.items()} == below


@pytest.mark.parametrize("seed", range(60))
def test_stock_outs_of_an_end(seed):
    """A day with the stock that was left at it stands for all days up to it."""
    days = counted([(*rest, 0.0, move) for *rest, _share, move in draw(seed)])
    days = days[days.wanted | (days.moved != 0)]
    whole = engine.stock_outs(days)
    for series in np.unique(days.series):
        mine = days[days.series == series]
        for cut in range(1, len(mine.day)):
            if not mine.wanted[:cut].any():
                continue
            _, [left] = engine.levels(mine[:cut])
            first = dataclasses.replace(
                mine[cut - 1 : cut],
                **dict.fromkeys(("quantity", "lines", "largest", "returned"), [0]),
                moved=np.array([left / 1e6]),
                wanted=np.array([True]),
            )
            first = engine.Days(*(np.asarray(part) for part in vars(first).values()))
            ends = engine.stock_outs(engine.joined(first, mine[cut:]))
            after = (whole.series == series) & (whole.first > mine.day[cut - 1])
            assert ends.first.tolist() == whole.first[after].tolist()
            assert ends.last.tolist() == whole.last[after].tolist()
            until = whole.negative_until[whole.negative == series].tolist()
            if until and until[0] >= mine.day[cut] or ends.negative.size:
                assert ends.negative_until.tolist() == until


@pytest.mark.parametrize("seed", range(60))
def test_differing(seed):
    """As sets of rows of each series tell it."""
    movements = draw(seed)
    some = counted(movements)
    other = counted(movements[: max(1, len(movements) - 1 - seed % 5)])
    names = ("quantity", "moved")

    def rows(days):
        figures = (getattr(days, name).tolist() for name in ("series", "day", *names))
        return set(zip(*figures, strict=True))

    expected = sorted({series for series, *_rest in rows(some) ^ rows(other)})
    for pair in ((some, other), (other, some)):
        assert engine.differing(*pair, names).tolist() == expected


def _days_with_figures(movements):
    days = counted(movements)
    return [
        (day, wanted, moved)
        for day, wanted, moved in zip(
            days.day.tolist(), days.wanted.tolist(), days.moved.tolist(), strict=True
        )
        if wanted or moved
    ]


def test_nothing():
    none = np.zeros(0)
    days = engine.by_day(
        engine.Movements(none.astype(int), none, none, none.astype(int))
    )
    assert not len(days.series)
    assert not len(engine.stock_outs(days).series)


@pytest.mark.parametrize("most", (3, 10**6, 2**62))
def test_order(most):
    dice = random.Random(most)
    key = [dice.randint(-most, most) for _number in range(500)]
    expected = sorted(range(len(key)), key=lambda at: (key[at], at))
    assert engine.order(np.array(key)).tolist() == expected
    assert not len(engine.order(np.zeros(0, dtype=int)))
