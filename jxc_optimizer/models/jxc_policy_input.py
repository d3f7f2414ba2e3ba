"""What a product's policies are computed from, told from what it was by a digest.

All that a run reads of one product goes into the digest of the product, by value: its
demand in the weeks that count, its terms, its rules. What a run reads of the company
as a whole goes into all digests. So a digest that is as it was means figures that would
come out as they did, whatever happened meanwhile, and by whatever means.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_among import among
from .jxc_demand_copy import copy_rows
from .jxc_demand_read import sources_of
from .jxc_demand_stock import stocked_out
from .jxc_link import Link
from .jxc_own_week import week_end_sql
from .jxc_planner import HISTORY_WEEKS, MOST_ID, WEEK

#: tables that runs read whole and that change seldom
TABLES = (
    "decimal_precision",
    "ir_module_module",
    "jxc_cell",
    "jxc_vendor_closure",
    "product_category",
    "res_company",
    "resource_calendar",
    "stock_route",
    "stock_route_categ",
    "stock_route_warehouse",
    "stock_rule",
    "stock_warehouse",
    "uom_uom",
)
#: odd numbers that keep the parts of a digest apart
_MIX = tuple(
    np.uint64(number)
    for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
)
TYPES = {"company_id": "int4", "product_id": "int4", "digest": "varchar"}


class JxcPolicyInput(models.Model):
    """The digest of what the policies of a product were computed from."""

    _name = "jxc.policy.input"
    _description = "What a Policy Was Computed From"
    _log_access = False

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    # no foreign key: it is written with many others, and checked with each
    product_id = fields.Integer(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    policies = fields.Integer(readonly=True, help="Number of its policies.")

    _company_product = models.UniqueIndex("(company_id, product_id)")

    @api.model
    def _read_products(self, company) -> list[int]:
        """Products that a run looks at."""
        self.env.flush_all()
        products = self.env["jxc.planner"]._products(company)
        rows = self.env.execute_query(SQL("%s ORDER BY 1", products))
        return [product for (product,) in rows]

    @api.model
    def _is_known(self, company) -> bool:
        """Whether there are policies to compare with."""
        [[known]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM jxc_policy_input WHERE company_id = %s)",
                company.id,
            )
        )
        return known

    @api.model
    def _read_digests(
        self, company, today: date, products: Sequence[int]
    ) -> dict[int, int]:
        """Product id -> digest of what a run of today would read of it.

        :param products: in rising order
        """
        self.env.flush_all()
        rows = copy_rows(
            self.env.cr,
            self._digests(company, today, products),
            {"product_id": "i4", "digest": "i8"},
        )
        product_id = rows["product_id"].astype(np.int64)
        digest = rows["digest"].astype(np.int64).astype(np.uint64)
        digest += self._of_events(company, product_id, today)
        digest += _number(self._shared(company, today))
        return dict(zip(product_id.tolist(), digest.tolist(), strict=True))

    @api.model
    def _read_known(self, company) -> dict[int, tuple[str, bool]]:
        """Product id -> digest of its policies, and whether they are all there."""
        rows = self.env.execute_query(
            SQL(
                """SELECT input.product_id, input.digest,
                          COALESCE(input.policies, 0) = COALESCE(policy.count, 0)
                     FROM jxc_policy_input input
                LEFT JOIN (SELECT product_id, count(*) AS count
                             FROM jxc_policy WHERE company_id = %(company)s
                            GROUP BY product_id) policy USING (product_id)
                    WHERE input.company_id = %(company)s""",
                company=company.id,
            )
        )
        return {product: (digest, whole) for product, digest, whole in rows}

    @api.model
    def _write(self, company, chosen: SQL, digests: dict[int, str]) -> None:
        """Note what the policies of some products were computed from.

        :param chosen: condition on ``product_id``
        """
        self.flush_model()
        self.env["jxc.policy"].flush_model()
        cr = self.env.cr
        jxc_bulk.load(
            cr,
            "jxc_new_input",
            TYPES,
            {
                "company_id": [company.id] * len(digests),
                "product_id": list(digests),
                "digest": list(digests.values()),
            },
        )
        cr.execute(
            SQL(
                """INSERT INTO jxc_policy_input AS known
                          (company_id, product_id, digest, policies)
                   SELECT new.*, COALESCE(policy.count, 0)
                     FROM jxc_new_input new
                LEFT JOIN (SELECT product_id, count(*) AS count FROM jxc_policy
                            WHERE company_id = %s AND %s
                            GROUP BY product_id) policy USING (product_id)
                       ON CONFLICT (company_id, product_id) DO UPDATE
                      SET digest = EXCLUDED.digest, policies = EXCLUDED.policies
                    WHERE (known.digest, known.policies)
                          IS DISTINCT FROM (EXCLUDED.digest, EXCLUDED.policies)""",
                company.id,
                chosen,
            )
        )
        self.invalidate_model()

    # -- what depends on the day -----------------------------------------------------

    @api.model
    def _ahead(self, company, today: date, policies: dict, target) -> dict[int, int]:
        """Product id -> number for the target its policies follow, and for what comes
        within their interval.

        Events and days on which vendors are closed count from today on, not from an
        article's own day: they must not be met too late.

        :param policies: arrays product_id, warehouse_id, categ_id, vendor_id,
            lead_days_open, review_days, protection_days
        """
        count = len(policies["product_id"])
        if not count:
            return {}
        closed = self.env["jxc.vendor.closure"]._lengthen(
            company,
            policies["vendor_id"],
            policies["lead_days_open"],
            policies["review_days"],
            today,
        )
        extra = self.env["jxc.demand.event"]._extra_days(
            company,
            policies["product_id"],
            policies["warehouse_id"],
            today,
            policies["protection_days"],
        )
        number = (
            closed.astype(np.int64).astype(np.uint64) * _MIX[0]
            + np.round(extra * 1e4).astype(np.int64).astype(np.uint64) * _MIX[1]
        ) * (policies["warehouse_id"].astype(np.uint64) * _MIX[2] + _MIX[0])
        number += self._of_target(
            target, policies["warehouse_id"], policies["categ_id"]
        )
        product, place = np.unique(policies["product_id"], return_inverse=True)
        total = np.zeros(len(product), np.uint64)
        np.add.at(total, place, number)
        return dict(zip(product.tolist(), total.tolist(), strict=True))

    @api.model
    def _read_ahead(self, company, today: date, target) -> dict[int, int]:
        """``_ahead`` of the policies as they are."""
        self.env["jxc.policy"].flush_model()
        names = ("product_id", "warehouse_id", "vendor_id", "categ_id")
        days = ("lead_days_open", "review_days", "protection_days")
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT product_id, warehouse_id, COALESCE(vendor_id, 0),
                          COALESCE(categ_id, 0),
                          COALESCE(lead_days - lead_days_closed, 0)::float8,
                          COALESCE(review_days, 0)::float8,
                          COALESCE(protection_days, 0)::float8
                     FROM jxc_policy policy
                     JOIN product_product product ON product.id = product_id
                     JOIN product_template template ON template.id = product_tmpl_id
                    WHERE policy.company_id = %s""",
                company.id,
            ),
            {**dict.fromkeys(names, "i4"), **dict.fromkeys(days, "f8")},
        )
        policies = {name: rows[name].astype(np.int64) for name in names}
        policies |= {name: rows[name].astype(float) for name in days}
        return self._ahead(company, today, policies, target)

    # -- parts of a digest -----------------------------------------------------------

    def _shared(self, company, today: date) -> str:
        """What tells one state of all that concerns every product from another."""
        events = self.env["jxc.demand.event"]._events(company, *_span(company, today))
        [[digest]] = self.env.execute_query(
            SQL(
                """SELECT concat_ws(',', %(tables)s,
                          (SELECT sum(hash_record_extended(ROW(
                                  id, parent_path, usage, company_id, warehouse_id,
                                  active), 0)) FROM stock_location))""",
                tables=SQL(", ").join(map(_state_of, TABLES)),
            )
        )
        whole = [_effect(event) for event in events if event.products is None]
        return digest + json.dumps(sorted(whole))

    def _of_events(self, company, product_id: np.ndarray, today: date) -> np.ndarray:
        """Number for the events of some articles that touch each product [n]."""
        total = np.zeros(len(product_id), np.uint64)
        for event in self.env["jxc.demand.event"]._events(
            company, *_span(company, today)
        ):
            if event.products is not None:
                mine = np.isin(np.unique(event.products), product_id)
                place = np.searchsorted(product_id, np.unique(event.products)[mine])
                total[place] += _number(json.dumps(_effect(event)))
        return total

    def _digests(self, company, today: date, products: Sequence[int]) -> SQL:
        """product_id, digest of each of some products."""
        yesterday = today - timedelta(days=1)
        last_day = week_end_sql(SQL("product_id"), yesterday)
        weeks = max(company.jxc_history_days // WEEK, 1, HISTORY_WEEKS)
        some = among(products)
        return SQL(
            """WITH %(sources)s, part(product_id, digest) AS (
                    SELECT product_id, hash_record_extended(ROW(
                           location_id, warehouse_id, factor, days[1], days[low:high],
                           lines[low:high], quantity[low:high]), 0)
                      FROM (SELECT *, width_bucket(%(last)s - %(span)s, days) + 1
                                   AS low, width_bucket(%(last)s, days) AS high
                              -- an array is fetched once, by this, not at each use
                              FROM (SELECT product_id, location_id, warehouse_id,
                                           factor, days || '{}' AS days, lines,
                                           quantity
                                      FROM series OFFSET 0) AS series
                            OFFSET 0) AS series
                     WHERE days[1] <= %(last)s
                     UNION ALL
                    SELECT product_id, hash_record_extended(ROW(
                           location_id, warehouse_id, day, lines, quantity, begins), 1)
                      FROM extra WHERE day <= %(last)s
                     UNION ALL
                    SELECT product_id, hash_record_extended(ROW(
                           location_id, first, last), 2)
                      FROM (%(out)s) AS times(location_id, product_id, first, last)
                     UNION ALL
                    %(terms)s
                     UNION ALL
                    SELECT id, hashint8extended(
                           (%(last)s - '2000-01-01'::date)::int8, 3)
                      FROM (SELECT id, id AS product_id FROM product_product) product
               )
               SELECT product_id, mod(digest, 9223372036854775783)::int8
                 FROM (SELECT product_id, sum(digest) AS digest
                         FROM part WHERE %(some)s GROUP BY product_id) AS whole
                ORDER BY product_id""",
            sources=sources_of(company, 0, MOST_ID, products),
            last=last_day,
            span=weeks * WEEK,
            out=stocked_out(company, some, last_day, weeks),
            terms=SQL(" UNION ALL ").join(self._terms(company, today)),
            some=some,
        )


def hexed(*parts: int) -> str:
    """A digest of its parts, as it is stored."""
    return f"{sum(parts) % 2**64:016x}"


def number_of(value) -> int:
    """Number for plain data."""
    return int(_number(json.dumps(value, sort_keys=True)))


def _number(text: str) -> np.uint64:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest))


def _effect(event) -> list:
    return [
        event.first, event.last, event.change, event.warehouse_id, event.comes_again
    ]  # fmt: skip


def _span(company, today: date) -> tuple[date, date]:
    """Days whose events concern a run of today."""
    days = max(company.jxc_history_days, HISTORY_WEEKS * WEEK) + WEEK
    return today - timedelta(days=days), today + timedelta(days=1825)


def _state_of(table: str) -> SQL:
    """What tells one state of a table from another.

    Whatever writes to a row gives it another ``xmin``, in the same transaction at least
    another place; a row that is gone changes the count. So one look at each row is
    enough, and no index is needed.
    """
    return SQL(
        "(SELECT concat_ws(' ', count(*), sum(hashtextextended("
        "xmin::text || ctid::text, 0))) FROM %s)",
        SQL.identifier(table),
    )
