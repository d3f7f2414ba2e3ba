from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import closure, lead_time
from .jxc_demand_copy import copy_rows
from .jxc_rows import EPOCH

#: older orders say nothing about today's vendors
WINDOW_DAYS = 730
#: with fewer receipts and overdue deliveries of a vendor his promise counts
LEAST_EVIDENCE = 2
_COLUMNS = {
    "vendor_id": "i4",
    "product_id": "i4",
    "is_open": "i4",
    "days": "f8",
    "weight": "f8",
    "ended_day": "i4",
}


@dataclass(frozen=True)
class VendorLeadTimes:
    """Days from order to receipt of n product × vendor pairs, without the days that
    Odoo's rules add."""

    mean: np.ndarray
    sd: np.ndarray
    receipts: np.ndarray  # int: of the product from this vendor
    vendor_receipts: np.ndarray  # int: of all his products
    measured: np.ndarray  # bool: from receipts, not as promised


class JxcLeadTime(models.AbstractModel):
    """Lead times as they were, from purchase orders and their receipts."""

    _name = "jxc.lead.time"
    _description = "Measured Lead Times"

    def _read(
        self,
        company,
        product_ids: np.ndarray,
        vendor_ids: np.ndarray,
        promised: np.ndarray,
        today: date,
    ) -> VendorLeadTimes:
        """Lead times of the pairs, aligned with them.

        A fixed number of statements for all pairs: every receipt of the company helps
        to judge every vendor. Days on which vendor or company were closed are left out.

        :param vendor_ids: [n] 0 = no vendor, which gives nothing measured
        :param promised: [n] days the vendor promises
        :param today: receipts count up to the day before
        """
        self.env.flush_all()
        rows = copy_rows(self.env.cr, _receipts(company, today), _COLUMNS)
        days = self._working_days(company, rows, today)
        vendors = self._commercial(vendor_ids)
        mine = _key(vendors, product_ids)
        theirs = _key(rows["vendor_id"], rows["product_id"])
        pairs, position = np.unique(np.concatenate([mine, theirs]), return_inverse=True)
        own, receipt = position[: len(mine)], position[len(mine) :]
        names, vendor_of_pair = np.unique(pairs >> 32, return_inverse=True)
        promise = np.full(len(pairs), np.nan)
        promise[own] = promised
        is_open = rows["is_open"].astype(bool)
        result = lead_time.lead_times(
            days,
            receipt,
            vendor_of_pair,
            weight=rows["weight"].astype(float),
            is_open=is_open,
            promised=promise,
        )

        def by_vendor(counts):
            return np.bincount(vendor_of_pair, counts, len(names)).astype(int)

        received = by_vendor(result.receipts)
        evidence = (received + by_vendor(result.overdue))[vendor_of_pair]
        measured = (evidence[own] >= LEAST_EVIDENCE) & (vendors > 0)
        mean = np.where(measured, result.mean[own], promised)
        # Nothing is known of how reliable a new vendor is: he counts as the average
        # one, but not as worse than anything between at once and twice the promise.
        sd = np.where(measured, result.sd[own], np.minimum(result.sd[own], mean))
        return VendorLeadTimes(
            mean=mean,
            sd=np.where(vendors > 0, sd, 0.0),
            receipts=np.where(vendors > 0, result.receipts[own], 0),
            vendor_receipts=np.where(vendors > 0, received[vendor_of_pair][own], 0),
            measured=measured,
        )

    def _working_days(self, company, rows: np.ndarray, today: date) -> np.ndarray:
        """Days from order to receipt, without those that were closed [m]."""
        days = rows["days"].astype(float)
        first = today - timedelta(days=WINDOW_DAYS)
        closed, row = self.env["jxc.vendor.closure"]._calendar(
            company, rows["vendor_id"].astype(int), first, WINDOW_DAYS
        )
        ended = rows["ended_day"] - int((np.datetime64(first) - EPOCH).astype(int))
        started = np.floor(ended + 0.5 - days).astype(int)
        return closure.open_days(days, closed, row, started, ended)

    def _commercial(self, vendor_ids: np.ndarray) -> np.ndarray:
        """Companies behind the contacts that prices and orders name."""
        contacts, position = np.unique(vendor_ids, return_inverse=True)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
                contacts.tolist(),
            )
        )
        company_of = {contact: company or contact for contact, company in rows}
        known = [company_of.get(contact, 0) for contact in contacts.tolist()]
        return np.array(known, dtype=np.int64)[position]


def _key(vendors: np.ndarray, products: np.ndarray) -> np.ndarray:
    return vendors.astype(np.int64) << 32 | products.astype(np.int64)


def _receipts(company, today: date) -> SQL:
    """Each receipt, whole or partial, and each delivery still to come.

    Days run from the approval of the order, or from the line if it was added later;
    a line that is younger than its own receipt was entered afterwards. The weight is
    the move's share of its order line.
    """
    return SQL(
        """SELECT vendor_id, product_id, (NOT done)::int,
                  (extract(epoch FROM ended - CASE WHEN line_date < ended
                       THEN greatest(approved, line_date) ELSE approved END)
                   / 86400)::float8,
                  (share / NULLIF(sum(share) OVER (PARTITION BY line_id), 0))::float8,
                  ended::date - %(epoch)s
             FROM (SELECT line.id AS line_id, move.id AS move_id, move.product_id,
                          COALESCE(partner.commercial_partner_id, partner.id)
                              AS vendor_id,
                          move.state = 'done' AS done,
                          COALESCE(line.create_date, po.date_approve) AS line_date,
                          po.date_approve AS approved,
                          CASE WHEN move.state = 'done' THEN move.date
                               ELSE %(today)s::timestamp END AS ended,
                          CASE WHEN move.state = 'done' THEN move.quantity
                               ELSE move.product_uom_qty END AS share
                     FROM purchase_order AS po
                     JOIN res_partner AS partner ON partner.id = po.partner_id
                     JOIN purchase_order_line AS line ON line.order_id = po.id
                     JOIN stock_move AS move ON move.purchase_line_id = line.id
                     JOIN stock_location AS source
                       ON source.id = move.location_id AND source.usage = 'supplier'
                     JOIN stock_location AS place
                       ON place.id = move.location_dest_id
                      AND place.usage IN ('internal', 'transit')
                    WHERE po.company_id = %(company)s AND po.state = 'purchase'
                      AND po.date_approve >= %(since)s AND po.date_approve < %(today)s
                      AND move.state NOT IN ('draft', 'cancel')
                      AND (move.state != 'done' OR move.date < %(today)s)) AS receipt
            WHERE share > 0
            ORDER BY line_id, move_id""",
        company=company.id,
        today=today,
        epoch=EPOCH.item(),
        since=today - timedelta(days=WINDOW_DAYS),
    )
