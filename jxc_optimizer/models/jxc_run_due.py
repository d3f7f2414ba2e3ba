"""What a run has to do: the articles whose policies would come out differently."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from odoo import fields, models
from odoo.tools import SQL

from . import jxc_run_phases
from .jxc_planner import MOST_ID, Stopwatch, booking_days
from .jxc_policy_input import hexed

#: scheduled actions that take over what a run has found
#: products whose inputs are compared at once
COMPARED_PRODUCTS = 25_000
FOLLOWERS = ("ir_cron_stock_age", "ir_cron_pace", "ir_cron_kpi")


class JxcRun(models.Model):
    """A run reads, plans and projects what has changed; the rest stays as it is."""

    _inherit = "jxc.run"

    whole = fields.Boolean(
        "All Articles",
        readonly=True,
        help="Compute all articles, also those of which nothing has changed.",
    )
    articles_due = fields.Integer(
        "Products Due",
        readonly=True,
        help="Products whose week ended, or of which anything has changed since their "
        "policies were computed.",
    )

    def _begin_comparing(self) -> None:
        """Make shards that look for what has changed, of a range of products each.

        On a first night there is nothing to compare with: all products are due.
        """
        inputs = self.env["jxc.policy.input"]
        products = inputs._read_products(self.company_id)
        if not inputs._is_known(self.company_id):
            self._begin_reading(dict.fromkeys(products))
            return
        self._replace_shards(
            [
                {
                    "run_id": self.id,
                    "state": "new",
                    "inputs": dict.fromkeys(map(str, part)),
                    "first_product_id": part[0],
                    "last_product_id": part[-1],
                }
                for part in _parts(products, COMPARED_PRODUCTS)
            ]
        )
        self.state = "comparing"
        self._call_help()

    def _end_comparing(self, watch: Stopwatch) -> None:
        with watch.step("compare inputs"):
            self._begin_reading(
                {
                    int(product): digest
                    for shard in self.shard_ids
                    for product, digest in shard.inputs.items()
                    if digest is not None  # deleted meanwhile
                }
            )

    def _begin_reading(self, digests: dict[int, int | None]) -> None:
        if not self._cut(digests) and self._is_over():
            return
        self.state = "reading"
        self._call_help()

    def _cut(self, digests: dict[int, int | None]) -> bool:
        """Make the shards of what is due, instead of those that there are.

        :param digests: product -> digest of what its policies would be computed from;
            None: its shard finds it
        :returns: whether there is anything to do
        """
        company, inputs = self.company_id, self.env["jxc.policy.input"]
        last = self._last_done(company)
        known = inputs._read_known(company)
        target = self.target or last.target
        ahead = inputs._read_ahead(company, self.date, target)
        as_they_were = {
            product
            for product, digest in digests.items()
            if product in known
            and known[product] == (hexed(digest, ahead.get(product, 0)), True)
        }
        due = [product for product in digests if product not in as_they_were]
        todo = list(digests) if self.whole else due
        parts = _parts(todo)
        values = [
            {
                "run_id": self.id,
                "inputs": {str(product): digests[product] for product in part},
                "kept": [product for product in part if product in as_they_were],
                **shared,
            }
            for part, shared in zip(parts, _shared_out(self.date, parts), strict=True)
        ]
        looked_at = set(todo)
        values += [
            {
                "run_id": self.id,
                "state": "published",
                "inputs": dict.fromkeys(map(str, part)),
            }
            for part in _parts(
                [
                    product
                    for product in self._products_to_project()
                    if product not in looked_at
                ]
            )
        ]
        for value in values:
            products = [int(product) for product in value["inputs"]]
            value["first_product_id"], value["last_product_id"] = (
                products[0], products[-1],
            )  # fmt: skip
        self._replace_shards(values)
        self.articles_due = len(due)
        return bool(values)

    def _replace_shards(self, values: list[dict]) -> None:
        self.own_timings = self.timings  # the shards that have them are to go
        self.shard_ids.unlink()
        self.env["jxc.run.shard"].create(values)

    def _products_to_project(self) -> list[int]:
        """Products with a rule whose figures of today do not hold any longer.

        Those that moved are marked, and follow within minutes.
        """
        self.env["stock.warehouse.orderpoint"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product_id FROM stock_warehouse_orderpoint rule
                    WHERE company_id = %s AND active
                      AND COALESCE(jxc_look_on, '-infinity') <= %s
                    ORDER BY product_id""",
                self.company_id.id,
                self.date,
            )
        )
        return [product for (product,) in rows]

    def _is_over(self) -> bool:
        """Whether the company had a run on this day that left nothing to do."""
        last = self._last_done(self.company_id)
        if not last.target or last.date != self.date:
            return False
        self.write(
            {
                "state": "done",
                "finished_at": fields.Datetime.now(),
                "series": last.series,
                "method": last.method,
                "target": last.target,
                "abc_basis": last.abc_basis,
                "exceptions_at": last.exceptions_at,
                "usual_bookings": last.usual_bookings,
            }
        )
        return True

    def _note_inputs(self, shard, plan: dict) -> None:
        """Keep what the policies of a shard were computed from, as they are now."""
        inputs = self.env["jxc.policy.input"]
        ahead = inputs._ahead(
            self.company_id,
            self.date,
            {
                "vendor_id": plan["supply_vendor_id"],
                **{
                    name: plan[name]
                    for name in (
                        "product_id",
                        "warehouse_id",
                        "lead_days_open",
                        "review_days",
                        "protection_days",
                    )
                },
                "categ_id": plan["supply_categ_id"],
            },
            self.target,
        )
        inputs._write(
            self.company_id,
            shard._chosen(),
            {
                int(product): hexed(digest, ahead.get(int(product), 0))
                for product, digest in shard.inputs.items()
                if digest is not None  # deleted meanwhile
            },
        )

    def _finish(self, watch) -> None:
        if not self._last_done(self.company_id):
            # Nobody has to wait a night for the screens that follow the first run.
            for name in FOLLOWERS:
                self.env.ref(f"jxc_optimizer.{name}")._trigger()
        self._sum_up()
        with watch.step("exceptions"):
            if not self.articles_due and not self.whole:
                # no part has looked at them
                self.env["jxc.exception"]._refresh(self.company_id)
            self.env["jxc.exception.week"]._record(self.company_id)
        self.write({"state": "done", "finished_at": fields.Datetime.now()})


def _shared_out(today: date, parts: list[list[int]]) -> Iterator[dict]:
    """Which days and which products each part looks at beside its own."""
    starts = [0, *(part[0] for part in parts[1:])][: len(parts)]
    for number, (start, stop) in enumerate(pairwise([*starts, MOST_ID + 1])):
        first, last = booking_days(today, number, len(parts))
        some = first <= last  # there may be more parts than days
        yield {
            "days_from": some and first,
            "days_until": some and last,
            "watched_from": start,
            "watched_until": stop - 1,
        }


def _parts(products: list[int], size: int = 0) -> list[list[int]]:
    """Parts of equal size, an even number of them: two actions share them.

    :param size: largest
    """
    size = size or jxc_run_phases.SHARD_PRODUCTS
    count = -(-len(products) // size)
    count += count % 2 if len(products) > size // 4 else 0
    bounds = [len(products) * part // max(count, 1) for part in range(count + 1)]
    return [products[start:stop] for start, stop in pairwise(bounds)]
