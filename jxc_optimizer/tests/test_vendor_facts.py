from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestVendorFacts(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Bolt", cost=8.0)
        cls.vendor = cls._vendor(cls.product, name="Bolts & Co", min_qty=10, price=8.0)
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.vendor.id,
                "product_tmpl_id": cls.product.product_tmpl_id.id,
                "min_qty": 100,
                "price": 7.0,
                "company_id": cls.company.id,
            }
        )
        cls.other = cls._vendor(
            cls.product, name="Cheap Bolts", price=6.0, sequence=9, delay=30
        )
        # a year ago and this year: 20, 60 and 100 pieces
        orders = ((50, 9, 400), (20, 8, 200), (60, 8, 100), (100, 7, 9))
        for quantity, price, days in orders:
            order = cls.env["purchase.order"].create(
                {
                    "partner_id": cls.vendor.id,
                    "picking_type_id": cls.warehouse.in_type_id.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_qty": quantity,
                                "price_unit": price,
                            }
                        )
                    ],
                }
            )
            order.button_confirm()
            order.date_approve = cls.today - timedelta(days=days)
        cls.reports = cls.env["report.jxc_optimizer.vendor_facts"]

    def _facts(self, vendor=None):
        vendor = vendor or self.vendor
        return self.reports._get_report_values(vendor.ids)["facts"][vendor.id]

    def test_volume(self):
        years = self._facts()["years"]
        self.assertEqual([year["lines"] for year in years], [3, 1, 0])
        self.assertEqual([year["value"] for year in years], [160 + 480 + 700, 450, 0])

    def test_prices(self):
        [article] = self._facts()["articles"]
        self.assertEqual(article["product"], self.product)
        self.assertEqual(
            (article["first"], article["lowest"], article["last"]), (8, 7, 7)
        )
        self.assertAlmostEqual(article["change"], -1 / 8, 6)
        self.assertAlmostEqual(article["average"], 1340 / 180, 6)

    def test_breaks_reached_and_nearly_reached(self):
        """60 pieces at 8 would have cost 7 from 100 on; 20 are too far away."""
        [row] = self._facts()["breaks"]
        self.assertEqual(row["tiers"], [(10, 8), (100, 7)])
        self.assertEqual((row["reached"], row["missed"], row["lost"]), (1, 1, 60))

    def test_alternatives(self):
        [row] = self._facts()["alternatives"]
        self.assertEqual(
            (row["vendor"], row["price"], row["delay"]), (self.other, 6, 30)
        )
        self.assertAlmostEqual(row["saving"], 1340 - 6 * 180, 2)

    def test_vendor_without_orders(self):
        facts = self._facts(self.other)
        self.assertFalse(facts["articles"] or facts["breaks"] or facts["alternatives"])
        self.assertEqual([year["value"] for year in facts["years"]], [0, 0, 0])

    def test_page(self):
        user = self._user("vf_buyer", "purchase.group_purchase_user")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html("jxc_optimizer.vendor_facts", self.vendor.ids)
        )
        page = html.decode()
        for text in ("Bolts &amp; Co", "Bolt", "Cheap Bolts"):
            self.assertIn(text, page)

    def test_rights(self):
        reader = self._user("vf_reader", "base.group_user")
        with self.assertRaises(AccessError):
            self.reports.with_user(reader)._get_report_values(self.vendor.ids)
        stranger = self._user(
            "vf_far", "purchase.group_purchase_user", self._company("Far Ltd")
        )
        elsewhere = self.reports.with_user(stranger).with_context(
            allowed_company_ids=stranger.company_ids.ids
        )
        values = elsewhere._get_report_values(self.vendor.ids)
        self.assertFalse(values["facts"][self.vendor.id]["articles"])
