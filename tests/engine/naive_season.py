"""Seasonal indices once more, group by group in plain loops, for comparison only."""


def indices(demand, group, cycle):
    """Index of each group: its own, that of all, or none."""
    count = max(group) + 1
    years = len(demand[0]) // cycle
    if years < 2:
        return [[1.0] * cycle for _ in range(count)]
    rows = [_filled(row)[len(row) - years * cycle :] for row in demand]
    whole = _ratios(_total(rows, years * cycle), years, cycle)
    found = []
    for number in range(count):
        mine = [r for r, g in zip(rows, group, strict=True) if g == number]
        own = _ratios(_total(mine, years * cycle), years, cycle)
        index, best = [1.0] * cycle, _missed(own, [[1.0] * cycle] * years)
        sales = sum(x > 0 for row in mine for x in row)
        for ratios, allowed in ((whole, True), (own, sales >= 5 * cycle)):
            others = [
                _average(ratios[:year] + ratios[year + 1 :]) for year in range(years)
            ]
            error = _missed(own, others)
            if allowed and error < 0.95 * best:
                index, best = _average(ratios), error
        found.append(index)
    return found


def _filled(row):
    known = [max(x, 0.0) for x in row if x == x]
    mean = sum(known) / len(known) if known else 0.0
    return [max(x, 0.0) if x == x else mean for x in row]


def _total(rows, length):
    return [sum(row[t] for row in rows) for t in range(length)]


def _ratios(total, years, cycle):
    """Each year relative to its mean, without growth."""
    sums = [sum(total[y * cycle : (y + 1) * cycle]) for y in range(years)]
    growth = 1.0
    if sums[0] > 0 and sums[-1] > 0:
        growth = (sums[-1] / sums[0]) ** (1 / (years - 1))
        growth = min(max(growth, 0.25), 4.0)
    flat = [x / growth ** (t / cycle) for t, x in enumerate(total)]
    found = []
    for year in range(years):
        part = flat[year * cycle : (year + 1) * cycle]
        mean = sum(part) / cycle
        found.append([x / mean for x in part] if mean > 0 else [1.0] * cycle)
    return found


def _missed(own, indices_by_year):
    return sum(
        (a - b) ** 2
        for year, index in zip(own, indices_by_year, strict=True)
        for a, b in zip(year, index, strict=True)
    )


def _average(ratios):
    """Mean of years, drawn towards 1 by the mean correlation of pairs of years."""
    years, cycle = len(ratios), len(ratios[0])
    off = [[x - 1 for x in row] for row in ratios]
    weight = 0.5
    if years > 1:
        pairs = [
            sum(a * b for a, b in zip(off[i], off[j], strict=True)) / cycle
            for i in range(years)
            for j in range(years)
            if i != j
        ]
        variance = sum(x * x for row in off for x in row) / (years * cycle)
        single = sum(pairs) / len(pairs) / variance if variance > 0 else 0.0
        single = min(max(single, 0.0), 1.0)
        weight = years * single / (1 + (years - 1) * single)
    mean = [sum(row[b] for row in off) / years for b in range(cycle)]
    index = [max(1 + weight * x, 0.1) for x in mean]
    level = sum(index) / cycle
    return [x / level for x in index]
