"""The benchmark of decisions on small sets, from files to files."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import decisions  # noqa: E402


def write(folder, demand, items=None, **meta):
    """A data set of the demand [n, t], None cells empty."""
    folder.mkdir()
    (folder / "meta.json").write_text(json.dumps({"name": folder.name} | meta))
    with (folder / "demand.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", *(f"w{i}" for i in range(len(demand[0])))])
        for i, row in enumerate(demand):
            writer.writerow([f"a{i}", *("" if x is None else x for x in row)])
    if items is not None:
        (folder / "items.csv").write_text(items)
    return folder


@pytest.fixture(scope="module")
def weekly(tmp_path_factory):
    rng = np.random.default_rng(19)
    rate = np.exp(rng.normal(0.5, 1, 60))
    demand = rng.poisson(rate[:, None] * (rng.random((60, 100)) < 0.6)).tolist()
    demand[3] = [None] * 50 + demand[3][50:]
    demand[4] = [None] * 100
    demand[5] = [0] * 100
    costs = np.round(np.exp(rng.normal(1, 1, 60)), 2)
    items = "item,unit_cost,order_cost,lead_time\n" + "".join(
        f"a{i},{cost},4,3\n" for i, cost in enumerate(costs)
    )
    folder = tmp_path_factory.mktemp("sets") / "weekly"
    return write(folder, demand, items, period="week", lost_sales=True)


def test_defaults(tmp_path):
    folder = write(
        tmp_path / "plain", [[1, None, 2], [0.5, 0, 1]], "item,moq\na1,\n", period="day"
    )
    data = decisions.read_set(folder)
    case = data.case
    assert data.items == ["a0", "a1"] and data.periods == ["w0", "w1", "w2"]
    assert np.isnan(case.demand[0, 1])
    assert case.unit_cost.tolist() == [1, 1] and case.order_cost.tolist() == [5, 5]
    assert case.holding_rate.tolist() == [0.25] * 2
    assert case.lead_time.tolist() == [14, 14] and case.moq.tolist() == [0, 0]
    assert case.multiple.tolist() == [1, 0]  # broken quantities: no pack
    assert case.review.tolist() == [1, 1] and not case.lost_sales


@pytest.mark.parametrize(
    ("demand", "items", "message"),
    [
        ([[1, "x"]], None, "not a number"),
        ([[1, 2]], "item,unit_cost\na0,-3\n", "negative"),
        ([], None, "no demand"),
    ],
)
def test_unreadable_sets_say_where(tmp_path, demand, items, message):
    folder = write(tmp_path / "bad", demand or [[1]], items)
    if not demand:
        (folder / "demand.csv").write_text("item,w0\n")
    with pytest.raises(decisions.DataError, match=message):
        decisions.read_set(folder)


def test_json_dump_and_picture(weekly, tmp_path, capsys):
    paths = tmp_path / "r.json", tmp_path / "d.csv", tmp_path / "plots"
    code = decisions.main(
        [str(weekly), str(tmp_path / "missing"), "--target", "0.9"]
        + ["--json", str(paths[0]), "--dump", str(paths[1])]
    )
    assert code == 1  # one of the two sets is missing, and said so
    assert "missing" in capsys.readouterr().err
    content = json.loads(paths[0].read_text())
    assert [r["fill"] for r in content["forward"]] == ["line", "unit", "value", "both"]
    keys = {
        "set", "fill", "target", "realised",
        "reduction_vs_P0", "reduction_vs_P1", "cost_reduction_vs_P1",
    }  # fmt: skip
    assert all(keys <= set(row) for row in content["forward"])
    with paths[1].open() as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"set", "policy", "fill", "item", "period", "s", "S"}
    assert {r["fill"] for r in rows} == {"line", "unit", "value", "both"}
    assert {r["policy"] for r in rows} >= {"P0", "P1", "P2"}
    levels = {(float(r["s"]), float(r["S"])) for r in rows}
    assert all(high >= low >= 0 or (low, high) == (-1, 0) for low, high in levels)
    assert not {"a4", "a5"} & {r["item"] for r in rows}  # nothing sold


def test_another_simulator_confirms_the_dump(weekly, tmp_path):
    """Levels of the dump, replayed by a plain loop, give the realised fill."""
    dump = tmp_path / "d.csv"
    out = tmp_path / "r.json"
    decisions.main([str(weekly), "--json", str(out), "--dump", str(dump)])
    content = json.loads(out.read_text())
    row = next(r for r in content["forward"] if r["fill"] == "unit")
    first, last = content["sets"][0]["window"]
    data = decisions.read_set(weekly)
    levels = {}
    with dump.open() as file:
        for line in csv.DictReader(file):
            if line["fill"] == "unit" and line["policy"] == row["policy"]:
                since = data.periods.index(line["period"])
                pair = float(line["s"]), float(line["S"])
                levels.setdefault(line["item"], {})[since] = pair
    asked = served = stock = 0.0
    for item, demand, cost in zip(
        data.items, data.case.demand, data.case.unit_cost, strict=True
    ):
        mine = levels.get(item, {})
        if not mine:
            asked += np.nansum(demand[first:last])
            continue
        shelf, coming, (low, high) = sum(mine[min(mine)]) / 2, {}, mine[min(mine)]
        for period in range(min(mine), last):
            low, high = mine.get(period, (low, high))
            shelf += coming.pop(period, 0)
            wanted = demand[period] if demand[period] > 0 else 0
            given = min(shelf, wanted)
            shelf -= given
            if period >= first:
                asked, served, stock = (
                    asked + wanted,
                    served + given,
                    stock + shelf * cost,
                )
            position = shelf + sum(coming.values())
            if position <= low and high > 0:
                arrival = period + 1 + 3
                coming[arrival] = coming.get(arrival, 0) + np.ceil(high - position)
    # only the opening stock differs, a year before
    assert served / asked == pytest.approx(row["realised"], abs=0.02)
    assert stock / (last - first) == pytest.approx(row["inventory"], rel=0.1)
