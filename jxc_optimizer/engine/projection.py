"""What happens to the stock from today on if nothing more is ordered.

A dated projection: stock on hand, receipts and booked deliveries by day, and the demand
that nobody has booked yet. From it the day the stock runs out, the last day to order,
what to order today, and what waiting would cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .normal import loss

#: days the projection looks ahead
DAYS = 365
#: an article that has to be ordered within so many days is looked at soon
SOON_DAYS = 14
#: quantities closer than this are equal
TOLERANCE = 1e-6

OUT, ORDER, SOON, ENOUGH, EXCESS = range(5)


@dataclass(frozen=True)
class Articles:
    """n articles in a place; quantities in units, times in days, all [n]."""

    on_hand: np.ndarray
    per_day: np.ndarray  # expected demand, booked or not
    sd: np.ndarray  # deviation of a day's demand
    booked_days: np.ndarray  # days of demand usually booked ahead
    lead_days: np.ndarray
    lead_days_sd: np.ndarray
    review_days: np.ndarray  # until the next chance to order
    minimum: np.ndarray  # order when the position is below; booked demand included
    maximum: np.ndarray  # order up to; booked demand included
    buffer: np.ndarray  # stock that is kept when all goes as expected
    moq: np.ndarray  # 0 = none
    multiple: np.ndarray  # 0 = none
    unit_cost: np.ndarray
    unit_price: np.ndarray  # of what is ordered
    # by the vendor's word; receipts due by then are none to order again
    promised_days: np.ndarray | float = 0.0


@dataclass(frozen=True)
class Projection:
    """All [n]; days count from today, NaN where it does not happen within DAYS."""

    out_day: np.ndarray  # the stock runs out
    order_day: np.ndarray  # the last day to order; below 0: so many days too late
    incoming: np.ndarray  # receipts within the interval, or due by the promise
    booked: np.ndarray  # booked deliveries within it
    usually_booked: np.ndarray  # demand of it that minimum and maximum leave out
    quantity: np.ndarray  # to order today
    rounding: np.ndarray  # part of it due to the vendor's minimum and pack
    value: np.ndarray  # money, of it
    cover_days: np.ndarray  # how long stock, receipts and it last; NaN without demand
    waiting_cost: np.ndarray  # money: expected shortage from waiting one review period
    status: np.ndarray  # int8, one of the five


def usually_booked(per_day, booked_days, days) -> np.ndarray:
    """Demand of the next ``days`` days that is usually booked today, units.

    With B days of demand known ahead and the share that is known falling off
    exponentially with the distance u, e^(-u/B), that is d B (1 - e^(-days/B)).

    >>> usually_booked(2.0, [0.0, 1e9, 10.0], 10.0).round(3).tolist()
    [0.0, 20.0, 12.642]
    """
    ahead = np.asarray(booked_days, dtype=float)
    known = -np.expm1(-np.asarray(days) / np.maximum(ahead, 1e-9))
    return per_day * ahead * known


def project(articles: Articles, incoming, booked, events=None) -> Projection:
    """Project n articles over h = DAYS + 1 days.

    :param incoming: [n, h] units received on each day; what is late comes today
    :param booked: [n, h] units booked to leave on each day; what is late leaves today
    :param events: [n, h] change of each day's expected demand as a share; None = none
    """
    a = articles
    received, delivered = np.cumsum(incoming, axis=1), np.cumsum(booked, axis=1)
    stock = _stock(a, received, delivered, events)
    rows = np.arange(len(a.on_hand))

    def below(level):
        # With demand going on, what is left must be more; without, not less.
        less = np.nextafter(level - TOLERANCE, -np.inf)
        return stock <= np.where(a.per_day > 0, level + TOLERANCE, less)[:, None]

    def first_day(those):
        day = those.argmax(axis=1)
        return np.where(those[rows, day], day, np.nan)

    empty, short = below(0.0), below(a.buffer)
    lead = _whole(a.lead_days)
    interval = np.minimum(a.lead_days + a.review_days, DAYS)
    end, counted = _counted(a)
    out_day, order_day = first_day(empty), first_day(short) - lead

    usual = usually_booked(a.per_day, a.booked_days, interval)
    coming, leaving = received[rows, counted], delivered[rows, end]
    position = a.on_hand + coming - leaving
    due = position < a.minimum - usual - TOLERANCE
    missing = np.where(due, a.maximum - usual - position, 0.0)
    quantity = _sold(np.maximum(missing, 0.0), a.moq, a.multiple)

    later = np.minimum(lead + np.maximum(a.review_days, 1.0), DAYS)
    waiting = _shortage(a, stock, later.astype(int)) - _shortage(a, stock, lead)
    cover = np.divide(
        np.maximum(position + quantity, 0.0), a.per_day,
        out=np.full(len(rows), np.nan), where=a.per_day > 0,
    )  # fmt: skip
    status = np.select(
        [
            empty[:, 0],
            quantity > 0,
            order_day <= SOON_DAYS,
            a.on_hand > np.maximum(a.maximum, a.minimum) + TOLERANCE,
        ],
        [OUT, ORDER, SOON, EXCESS],
        ENOUGH,
    )
    return Projection(
        out_day=out_day,
        order_day=order_day,
        incoming=coming,
        booked=leaving,
        usually_booked=usual,
        quantity=quantity,
        rounding=quantity - missing,
        value=quantity * a.unit_price,
        cover_days=cover,
        waiting_cost=np.maximum(waiting, 0.0) * a.unit_cost,
        status=status.astype(np.int8),
    )


def days_until_news(
    articles: Articles, incoming, booked, found: Projection, most: int = 7
) -> np.ndarray:
    """Days until a projection must be made again though nothing moves, int [n].

    On the day of a receipt or a booked delivery, when one comes into the interval that
    counts, when the article has to be ordered soon, or the stock should have run out;
    after ``most`` days at the latest.
    """
    ends, counts = _counted(articles)
    rows, news = np.arange(len(ends)), np.full(len(ends), most)
    # the day of ordering moves on towards today
    soon, out = found.order_day - SOON_DAYS, found.out_day
    for day in range(most - 1, 0, -1):
        leaves, comes = ends + day, counts + day
        due = (
            (incoming[:, day] > 0)
            | (booked[:, day] > 0)
            | (soon == day)
            | (out == day)
            | (booked[rows, np.minimum(leaves, DAYS)] > 0) & (leaves <= DAYS)
            | (incoming[rows, np.minimum(comes, DAYS)] > 0) & (comes <= DAYS)
        )
        news[due] = day
    return news


def _counted(a: Articles) -> tuple[np.ndarray, np.ndarray]:
    """Last day whose booked deliveries count, and last day whose receipts do [n]."""
    # An order just placed is due when the vendor promises, be he quicker as a rule.
    promised = np.maximum(a.promised_days, a.lead_days) + a.review_days
    return _whole(np.minimum(a.lead_days + a.review_days, DAYS)), _whole(promised)


def _whole(days) -> np.ndarray:
    return np.minimum(np.ceil(days - TOLERANCE), DAYS).astype(int)


def stock_by_day(articles: Articles, incoming, booked, events=None) -> np.ndarray:
    """Expected stock of each day without further orders [n, h]; below 0: owed."""
    received, delivered = np.cumsum(incoming, axis=1), np.cumsum(booked, axis=1)
    return _stock(articles, received, delivered, events)


def _stock(a: Articles, received, delivered, events) -> np.ndarray:
    """After a day's receipts and booked deliveries, before its other demand."""
    days = np.arange(received.shape[1], dtype=float)
    if events is not None:  # days of usual demand that have passed
        days = days + np.cumsum(events, axis=1) - events
    expected = a.per_day[:, None] * days
    some = np.flatnonzero(a.booked_days)
    expected[some] -= usually_booked(
        a.per_day[some, None],
        a.booked_days[some, None],
        days if events is None else days[some],
    )
    stock = a.on_hand[:, None] + received
    stock -= delivered
    stock -= expected
    return stock


def _shortage(a: Articles, stock: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Expected units owed on a day: sigma G(m / sigma), normal about the projection."""
    mean = stock[np.arange(len(day)), day]
    sigma = np.sqrt(a.sd**2 * day + (a.per_day * a.lead_days_sd) ** 2)
    safe = np.where(sigma > 0, sigma, 1.0)
    return np.where(sigma > 0, sigma * loss(mean / safe), np.maximum(-mean, 0.0))


def _sold(quantity, moq, multiple) -> np.ndarray:
    """The smallest quantity from ``quantity`` up that the vendor sells; 0 stays 0."""
    raised = np.maximum(quantity, moq)
    packs = np.divide(raised, multiple, out=np.zeros(len(raised)), where=multiple > 0)
    whole = np.ceil(np.round(packs, 6)) * multiple
    return np.where(quantity > 0, np.where(multiple > 0, whole, raised), 0.0)
