from __future__ import annotations

from datetime import datetime, time, timedelta
from math import ceil

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: days of receipts that lead times are measured from
RECEIPT_DAYS = 730
OPEN_MOVES = ("waiting", "confirmed", "partially_available", "assigned")
OPEN_REQUESTS = ("draft", "sent", "to approve")


class StockWarehouseOrderpoint(models.Model):
    """What is behind the terms of an explanation: moves, orders, demand."""

    _inherit = "stock.warehouse.orderpoint"

    def action_jxc_open_term(self, key):
        """Open the records that a term of the explanation counts.

        :param key: as in the terms of ``_jxc_explain``
        """
        self.ensure_one()
        self.check_access("read")
        opened = {
            "on_hand": self._jxc_open_on_hand,
            "incoming": self._jxc_open_incoming,
            "booked": self._jxc_open_booked,
            "demand": self._jxc_open_demand,
            "lead_time": self._jxc_open_receipts,
            "events": self._jxc_open_events,
            "lot": self._jxc_open_prices,
        }.get(key)
        if not opened:
            raise UserError(self.env._("There is nothing behind this term."))
        return opened()

    def _jxc_open(self, name, model, domain, view=None, **values) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.product_id.display_name}",
            "res_model": model,
            "views": [(view and self.env.ref(view).id, "list"), (False, "form")],
            "domain": list(domain),
            **values,
        }

    # -- the rule's place and time -------------------------------------------------

    def _jxc_place(self):
        """The location whose stock counts: a warehouse's stock stands for all of it."""
        if self.location_id == self.warehouse_id.lot_stock_id:
            return self.warehouse_id.view_location_id
        return self.location_id

    def _jxc_interval_end(self) -> datetime:
        """The last moment that counts for today's order."""
        terms, company = self.jxc_terms, self.company_id
        days = (
            # what is 0 is left out of them
            terms.get("lead_days", 0.0) + terms.get("review_days", 0.0)
            if terms
            else company.jxc_default_lead_days + company.jxc_review_days
        )
        today = self.env["jxc.demand.day"]._today(company)
        return datetime.combine(today + timedelta(days=ceil(days)), time.max)

    def _jxc_moves(self, into: bool) -> Domain:
        """Open moves over the border of the rule's place within the interval."""
        inside = Domain("location_id", "child_of", self._jxc_place().id)
        target = Domain("location_dest_id", "child_of", self._jxc_place().id) | Domain(
            "location_final_id", "child_of", self._jxc_place().id
        )
        return (
            Domain("product_id", "=", self.product_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", OPEN_MOVES)
            & Domain("date", "<=", self._jxc_interval_end())
            & (target & ~inside if into else inside & ~target)
        )

    def _jxc_requests(self) -> Domain:
        """Lines of requests for quotation that count as coming to the rule's place."""
        of_rule = Domain("orderpoint_id", "=", self.id)
        if self.location_id == self.warehouse_id.lot_stock_id:
            of_rule |= Domain(
                "order_id.picking_type_id.warehouse_id", "=", self.warehouse_id.id
            )
        return (
            Domain("product_id", "=", self.product_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", OPEN_REQUESTS)
            & Domain("date_planned", "<=", self._jxc_interval_end())
            & of_rule
        )

    # -- terms ---------------------------------------------------------------------

    def _jxc_open_on_hand(self) -> dict:
        return self._jxc_open(
            self.env._("On hand"),
            "stock.quant",
            Domain("product_id", "=", self.product_id.id)
            & Domain("location_id", "child_of", self._jxc_place().id)
            & Domain("location_id.usage", "=", "internal"),
            view="stock.view_stock_quant_tree_editable",
        )

    def _jxc_open_incoming(self) -> dict:
        """Purchase lines where all comes from vendors, moves where all moves.

        Both together are seen in Odoo's own forecast of the product.
        """
        moves = self.env["stock.move"].search(self._jxc_moves(into=True))
        lines = self.env["purchase.order.line"].search(self._jxc_requests())
        if moves == moves.filtered("purchase_line_id"):
            lines |= moves.purchase_line_id
            ordered = Domain("id", "in", lines.ids)
            return self._jxc_open(
                self.env._("Ordered"),
                "purchase.order.line",
                ordered,
                view="jxc_optimizer.view_purchase_order_line_coming",
            )
        if lines:
            return self.action_product_forecast_report()
        arriving = Domain("id", "in", moves.ids)
        return self._jxc_open(
            self.env._("Arriving"),
            "stock.move",
            arriving,
            view="stock.view_move_tree",
        )

    def _jxc_open_booked(self) -> dict:
        return self._jxc_open(
            self.env._("Booked"),
            "stock.move",
            self._jxc_moves(into=False),
            view="stock.view_move_tree",
        )

    def _jxc_open_demand(self) -> dict:
        first = self.env["jxc.demand.day"]._today(self.company_id) - timedelta(
            days=self.company_id.jxc_history_days
        )
        return self._jxc_open(
            self.env._("Demand"),
            "jxc.demand.day",
            Domain("product_id", "=", self.product_id.id)
            & Domain("location_id", "=", self.location_id.id)
            & Domain("day", ">=", first),
            views=[
                (self.env.ref("jxc_optimizer.view_demand_day_graph").id, "graph"),
                (self.env.ref("jxc_optimizer.view_demand_day_list").id, "list"),
            ],
        )

    def _jxc_open_receipts(self) -> dict:
        first = self.env["jxc.demand.day"]._today(self.company_id) - timedelta(
            days=RECEIPT_DAYS
        )
        vendor = self.jxc_vendor_id.commercial_partner_id
        return self._jxc_open(
            self.env._("Receipts"),
            "stock.move",
            Domain("product_id", "=", self.product_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "done")
            & Domain("date", ">=", first)
            & Domain("purchase_line_id.partner_id", "child_of", vendor.id),
            view="stock.view_move_tree",
        )

    def _jxc_open_events(self) -> dict:
        today = self.env["jxc.demand.day"]._today(self.company_id)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "jxc_optimizer.action_jxc_demand_event"
            ),
            "domain": [("date_to", ">=", str(today))],
        }

    def _jxc_open_prices(self) -> dict:
        return self._jxc_open(
            self.env._("Vendor prices"),
            "product.supplierinfo",
            Domain("product_tmpl_id", "=", self.product_id.product_tmpl_id.id)
            & Domain("product_id", "in", [False, self.product_id.id]),
            view="product.product_supplierinfo_tree_view",
        )
