from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from ..models import jxc_own_week

NO_MAIL = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class OptimizerCase(TransactionCase):
    """A company of its own with one warehouse, and helpers to give it a past.

    * ``company``, ``warehouse``, ``stock`` (its stock location), ``customers``
    * ``_product``, ``_vendor``, ``_deliver``, ``_rule``, ``_run``

    All weeks end yesterday, whatever the article, unless ``weekdays`` is 7.
    """

    weekdays = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(jxc_own_week, "WEEKDAYS", cls.weekdays))
        cls.env = cls.env(context=dict(cls.env.context, **NO_MAIL))
        cls.company = cls._company("Optimised Ltd")
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.warehouse = cls._warehouse(cls.company)
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.today = fields.Date.today()

    @classmethod
    def _company(cls, name):
        return cls.env["res.company"].create(
            {"name": name, "currency_id": cls.env.ref("base.EUR").id}
        )

    @classmethod
    def _warehouse(cls, company):
        return cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _product(cls, name, cost=10.0, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "standard_price": cost,
                **values,
            }
        )

    @classmethod
    def _vendor(cls, products, name="Vendor", delay=7, **values):
        partner = cls.env["res.partner"].create({"name": name})
        cls.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": partner.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "delay": delay,
                    "price": 8.0,
                    "company_id": cls.company.id,
                    **values,
                }
                for product in products
            ]
        )
        return partner

    @classmethod
    def _move(cls, product, days_ago, quantity, source, destination, uom=None):
        """A done move ``days_ago`` before today."""
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": (uom or product.uom_id).id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": source.company_id.id
                or destination.company_id.id
                or cls.company.id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()
        moment = fields.Datetime.now().replace(hour=12) - timedelta(days=days_ago)
        move.date = moment
        move.move_line_ids.date = moment
        return move

    @classmethod
    def _deliver(cls, product, days_ago, quantity, source=None, **values):
        return cls._move(
            product, days_ago, quantity, source or cls.stock, cls.customers, **values
        )

    @classmethod
    def _sell_weekly(cls, product, quantities, source=None):
        """One delivery per week; the last one three days ago."""
        for weeks_ago, quantity in enumerate(reversed(quantities)):
            if quantity:
                cls._deliver(product, 7 * weeks_ago + 3, quantity, source)

    @classmethod
    def _rule(cls, product, minimum=0.0, maximum=0.0, location=None, **values):
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": (location or cls.stock).id,
                "warehouse_id": cls.warehouse.id,
                "company_id": cls.company.id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
                **values,
            }
        )

    @classmethod
    def _run(cls, company=None):
        """One whole run of a company."""
        run = cls.env["jxc.run"]._start(company or cls.company)
        run._work(lambda _done, remaining: float("inf"))
        assert run.state == "done", run.error
        return run

    @classmethod
    def _policy(cls, product, location=None):
        return cls.env["jxc.policy"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (location or cls.stock).id),
            ]
        )
