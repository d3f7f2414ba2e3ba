"""The year as it would have gone: real orders, assumed stock, rules and vendors.

Customers order what the data says they did. Whether it is there depends on stock that
people keep with simple rules: so many weeks of cover as minimum and maximum, guessed at
the start, revised only now and then, blind to seasons. Time is that of the data; the
loader shifts it. Everything random comes from one generator, so a run repeats.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from . import journal as j
from .human_rules import Rules
from .source import HOME_COUNTRY, Source
from .vendors import VENDORS, Offers

DAY = np.timedelta64(1, "D")
HOUR = np.timedelta64(1, "h")
WAREHOUSES = 2
REVISION_DAYS = 91
#: customers who wait for what is missing, and how long they do
PATIENT, PATIENCE = 0.35, 28
#: buyers who do not come round to ordering on their day of the week
SKIPPED = 0.1
#: approved orders that are called off
REFUSED = 0.015
#: days at the end on which nobody orders, so that there is something to do today
IDLE = 4
#: customer orders of the last day that have not left yet
STILL_PICKED = 20
#: the warehouse closes between the years
CLOSED = (np.datetime64("2010-12-24"), np.datetime64("2011-01-03"))


@dataclass
class Year:
    """What came out: the journal, and per item (warehouse × article) its rule."""

    journal: j.Journal
    minimum: np.ndarray
    maximum: np.ndarray
    ruled: np.ndarray
    start: np.datetime64
    short: int  # order lines that found too little stock


def simulate(source: Source, offers: Offers, rng: np.random.Generator) -> Year:
    return _Company(source, offers, rng).run()


class _Company:
    def __init__(self, source: Source, offers: Offers, rng: np.random.Generator):
        self.source, self.offers, self.rng = source, offers, rng
        self.journal = j.Journal()
        self.articles = len(source.articles)
        self.items = WAREHOUSES * self.articles
        self.article = np.tile(np.arange(self.articles), WAREHOUSES)
        self.warehouse = np.repeat(np.arange(WAREHOUSES), self.articles)
        self.vendor = offers.vendor[self.article]
        self.order_day = source.order_time.astype("M8[D]")
        self.first, self.last = self.order_day[0], self.order_day[-1]
        self.days = int((self.last - self.first) / DAY) + 1
        self.order_warehouse = (source.order_country != HOME_COUNTRY).astype(int)
        self.line_item = (
            self.order_warehouse[source.line_order] * self.articles
            + source.line_article
        )
        self.line_day = ((self.order_day - self.first) / DAY).astype(int)[
            source.line_order
        ]
        self.line_move = np.full(len(self.line_item), -1)
        self.on_hand = np.zeros(self.items, int)
        self.on_order = np.zeros(self.items, int)
        self.owed = np.zeros(self.items, int)
        self.arrivals: dict[int, list[np.ndarray]] = defaultdict(list)
        self.waiting: list[tuple[int, np.ndarray]] = []
        self.sold = np.zeros((self.days, self.items), int)
        np.add.at(
            self.sold,
            (self.line_day, self.line_item),
            source.line_quantity - source.line_withdrawn,
        )
        self.patient = rng.random(len(source.order_number)) < PATIENT
        self.short_lines = 0
        self.rules = Rules(self.sold, self.line_item, self.warehouse, self.vendor, rng)

    # --------------------------------------------------------------------- run
    def run(self) -> Year:
        self._open()
        returns = self._returns_by_day()
        edges = np.searchsorted(self.line_day, np.arange(self.days + 1))
        for day in range(self.days):
            now = self.first + day * DAY
            self._receive(day)
            if day in returns:
                self._take_back(returns[day], now)
            self._serve_waiting(day)
            self._sell(np.arange(edges[day], edges[day + 1]), day)
            if day and day % REVISION_DAYS == 0:
                self.rules.revise(day)
            if not CLOSED[0] <= now < CLOSED[1] and day < self.days - IDLE:
                self._buy(day)
        self._close()
        return Year(
            self.journal,
            self.rules.minimum,
            self.rules.maximum,
            self.rules.ruled,
            self.first - DAY,
            self.short_lines,
        )

    def _open(self) -> None:
        """What lay there before: near the maximum, some of it far too much."""
        here = self.rules.launch < 0
        share = self.rng.uniform(0.5, 1.2, self.items)
        heap = self.rng.random(self.items) < 0.05
        share[heap] *= self.rng.uniform(2, 4, heap.sum())
        self.on_hand = np.where(here, np.ceil(self.rules.maximum * share), 0).astype(
            int
        )
        self.on_hand[self.rules.lines == 0] = 0
        when = self.first.astype("M8[s]") - 6 * HOUR
        for warehouse in range(WAREHOUSES):
            some = np.flatnonzero((self.on_hand > 0) & (self.warehouse == warehouse))
            self.journal.adjust(warehouse, self.article[some], self.on_hand[some], when)

    # ------------------------------------------------------------------- sales
    def _sell(self, lines: np.ndarray, day: int) -> None:
        if not len(lines):
            return
        source, item = self.source, self.line_item[lines]
        order = source.line_order[lines]
        wish = (source.line_quantity - source.line_withdrawn)[lines]
        used, first, of = np.unique(order, return_index=True, return_inverse=True)
        created = source.order_time[used]
        transfers = self.journal.transfers.append(
            j.rows(
                j.TRANSFER,
                len(used),
                kind=j.DELIVERY,
                warehouse=self.order_warehouse[used],
                partner=used,
                origin=source.order_number[used],
                created=created,
                scheduled=created,
            )
        )
        asked = j.rows(
            j.LINE,
            len(lines),
            transfer=transfers[of],
            warehouse=self.warehouse[item],
            product=self.article[item],
            demand=source.line_quantity[lines],
            created=created[of],
            planned=created[of],
        )
        if day == self.days - 1:
            # the last orders are still being picked
            late = (created >= created[-STILL_PICKED:][0])[of]
            for transfer in np.unique(asked["transfer"][late]):
                self.waiting.append((day, asked[asked["transfer"] == transfer]))
            lines, asked, item, wish = (
                part[~late] for part in (lines, asked, item, wish)
            )
            of, order = of[~late], order[~late]
        moved = self._share(item, wish)
        self.short_lines += int((moved < wish).sum())
        minutes = self.rng.integers(20, 200, len(used)).astype("m8[m]")
        withdrawn = np.bincount(of, source.line_withdrawn[lines], len(used)) > 0
        keep = self.patient[used] & ~withdrawn
        index, left = self.journal.settle(
            asked, moved, (created + minutes)[of], keep[of]
        )
        self.line_move[lines] = np.where(moved > 0, index, -1)
        np.subtract.at(self.on_hand, item, moved)
        self._wait(left, day)

    def _share(self, item: np.ndarray, wish: np.ndarray) -> np.ndarray:
        """Pieces for each wish: who comes first is served first."""
        order = np.argsort(item, kind="stable")
        wanted = np.cumsum(wish[order])
        start = np.searchsorted(item[order], item[order])
        before = wanted - wish[order] - (wanted - wish[order])[start]
        share = np.empty(len(item), int)
        share[order] = np.clip(self.on_hand[item[order]] - before, 0, wish[order])
        return share

    def _wait(self, left: np.ndarray, day: int) -> None:
        item = left["warehouse"] * self.articles + left["product"]
        np.add.at(self.owed, item, left["demand"])
        for transfer in np.unique(left["transfer"]):
            self.waiting.append((day, left[left["transfer"] == transfer]))

    def _serve_waiting(self, day: int) -> None:
        """Backorders leave when they are complete, or after some weeks as they are."""
        still, now = [], (self.first + day * DAY).astype("M8[s]") + 7 * HOUR
        for since, lines in self.waiting:
            item = lines["warehouse"] * self.articles + lines["product"]
            there = np.minimum(self.on_hand[item], lines["demand"])
            if day - since < PATIENCE and (there < lines["demand"]).any():
                still.append((since, lines))
                continue
            when, nothing = np.full(len(lines), now), np.zeros(len(lines), bool)
            self.journal.settle(lines, there, when, nothing)
            self.on_hand[item] -= there
            self.owed[item] -= lines["demand"]
        self.waiting = still

    # ----------------------------------------------------------------- returns
    def _returns_by_day(self) -> dict[int, np.ndarray]:
        day = ((self.source.return_time.astype("M8[D]") - self.first) / DAY).astype(int)
        return {d: np.flatnonzero(day == d) for d in np.unique(day).tolist()}

    def _take_back(self, rows: np.ndarray, now: np.datetime64) -> None:
        """Goods that came back of deliveries that were made."""
        source, moves = self.source, self.journal.moves.array
        move = self.line_move[source.return_line[rows]]
        rows, move = rows[move >= 0], move[move >= 0]
        if not len(rows):
            return
        pieces = np.minimum(source.return_quantity[rows], moves["quantity"][move])
        parent = moves["transfer"][move]
        group, first, of = np.unique(
            np.char.add(
                np.char.add(source.return_number[rows], "/"), parent.astype("U")
            ),
            return_index=True,
            return_inverse=True,
        )
        out = self.journal.transfers.array[parent[first]]
        when = now.astype("M8[s]") + 6 * HOUR + np.arange(len(group)).astype("m8[m]")
        transfers = self.journal.transfers.append(
            j.rows(
                j.TRANSFER,
                len(group),
                kind=j.RETURN,
                warehouse=out["warehouse"],
                partner=out["partner"],
                parent=parent[first],
                created=when,
                scheduled=when,
            )
        )
        lines = j.rows(
            j.LINE,
            len(rows),
            transfer=transfers[of],
            warehouse=moves["warehouse"][move],
            product=moves["product"][move],
            demand=pieces,
            returned=move,
            created=when[of],
            planned=when[of],
        )
        self.journal.settle(lines, pieces, when[of], np.ones(len(rows), bool))
        item = lines["warehouse"] * self.articles + lines["product"]
        np.add.at(self.on_hand, item, pieces)
        self.line_move[source.return_line[rows]] = -1  # once is enough

    # --------------------------------------------------------------- purchases
    def _buy(self, day: int) -> None:
        """Each vendor's day of the week: order what is below its minimum."""
        # 1970-01-01 was a Thursday; 0 is Monday
        weekday = ((self.first + day * DAY).astype("M8[D]").astype(int) + 3) % 7
        position = self.on_hand + self.on_order - self.owed
        low = (
            self.rules.ruled
            & (position < self.rules.minimum)
            & (self.rules.launch <= day)
        )
        target = np.where(low, self.rules.maximum - position, 0)
        # without a rule somebody notices now and then that nothing is left
        bare = (
            ~self.rules.ruled
            & (self.rules.lines > 0)
            & (position <= 0)
            & (self.rules.launch <= day)
        )
        bare &= (position < 0) | (self.rng.random(self.items) < 0.15)
        month = self.sold[max(0, day - 56) : day + 1].sum(0)
        target = np.where(bare, np.maximum(month, 1) - position, target)
        for number in range(len(VENDORS)):
            for warehouse in range(WAREHOUSES):
                if weekday != (number + 2 * warehouse) % 5:
                    continue
                if self.rng.random() < SKIPPED:
                    continue
                mine = (self.vendor == number) & (self.warehouse == warehouse)
                items = np.flatnonzero(mine & (target > 0))
                if len(items):
                    self._order(items, target[items], number, warehouse, day)

    def _order(self, items, target, number: int, warehouse: int, day: int) -> None:
        vendor, rng = VENDORS[number], self.rng
        article = self.article[items]
        quantity = np.maximum(target, self.offers.minimum[article])
        when = (self.first + day * DAY).astype("M8[s]") + 15 * HOUR
        when += np.timedelta64(int(rng.integers(0, 120)), "m")
        planned = when + vendor.days * DAY
        # half of the last requests for quotation are not confirmed yet
        draft = day >= self.days - IDLE - 2 and rng.random() < 0.5
        refused = not draft and rng.random() < REFUSED
        common = {"warehouse": warehouse, "planned": planned}
        (order,) = self.journal.orders.append(
            j.rows(
                j.ORDER,
                1,
                vendor=number,
                ordered=when,
                approved=j.NEVER if draft else when,
                state=j.DRAFT if draft else j.REFUSED if refused else j.APPROVED,
                **common,
            )
        )
        order_lines = self.journal.order_lines.append(
            j.rows(
                j.ORDER_LINE,
                len(items),
                order=order,
                product=article,
                quantity=quantity,
                price=self.offers.price_at(article, quantity),
            )
        )
        if draft:
            return
        (transfer,) = self.journal.transfers.append(
            j.rows(
                j.TRANSFER,
                1,
                kind=j.RECEIPT,
                warehouse=warehouse,
                partner=number,
                order=order,
                created=when,
                scheduled=planned,
            )
        )
        lines = j.rows(
            j.LINE,
            len(items),
            transfer=transfer,
            product=article,
            demand=quantity,
            order_line=order_lines,
            sequence=5 * np.arange(1, len(items) + 1),
            created=when,
            **common,
        )
        if refused:
            self.journal.cancel(lines, lines["created"])
            return
        days = vendor.days + rng.normal(vendor.late, vendor.spread)
        if rng.random() < 0.04:
            days += rng.uniform(7, 21)  # a ship is late, a mould breaks
        self.arrivals[day + max(1, round(days))].append(lines)
        self.on_order[items] += quantity

    def _receive(self, day: int) -> None:
        now = (self.first + day * DAY).astype("M8[s]") + 5 * HOUR
        for number, lines in enumerate(self.arrivals.pop(day, [])):
            transfer = self.journal.transfers.array[lines["transfer"][0]]
            vendor = VENDORS[transfer["partner"]]
            short = self.rng.random(len(lines)) < vendor.short
            if transfer["parent"] >= 0 or short.all():
                short[:] = False
            share = np.where(short, self.rng.uniform(0, 0.9, len(lines)), 1)
            moved = np.floor(lines["demand"] * share).astype(int)
            if not moved.any():
                moved = lines["demand"].copy()
            keep = self.rng.random() < 0.75
            when = np.full(len(lines), now + np.timedelta64(number, "m"))
            _, left = self.journal.settle(lines, moved, when, np.full(len(lines), keep))
            item = lines["warehouse"] * self.articles + lines["product"]
            np.add.at(self.on_hand, item, moved)
            np.subtract.at(self.on_order, item, moved if keep else lines["demand"])
            if len(left):
                self.arrivals[day + int(self.rng.integers(5, 25))].append(left)

    # --------------------------------------------------------------------- end
    def _close(self) -> None:
        """What is under way stays open; free stock is reserved for who waits."""
        end = self.last.astype("M8[s]") + 16 * HOUR
        for late in self.arrivals.values():
            for lines in late:
                self.journal.leave_open(lines, lines["demand"], lines["created"])
        for _, lines in sorted(self.waiting, key=lambda w: w[1]["transfer"][0]):
            item = lines["warehouse"] * self.articles + lines["product"]
            there = np.minimum(self.on_hand[item], lines["demand"])
            self.on_hand[item] -= there
            self.journal.leave_open(lines, there, end)
