"""What Odoo asks again and again is answered once, until something changes."""

from odoo.tests import tagged

from odoo.addons.jxc_optimizer.models.jxc_asked_once import asked_once

from .common import OptimizerCase


class Undone(Exception):
    """Takes everything back."""


@tagged("post_install", "-at_install")
class TestAskedOnce(OptimizerCase):
    def test_a_change_is_seen_at_once(self):
        """What was asked before a rule, a route or a vendor changed, is asked again."""
        product = self._product("Asked")
        self._vendor(product)
        rule = self._rule(product, 5, 10)
        with asked_once(self.env) as on:
            self.assertTrue(on)
            found = rule._get_default_rule()
            self.assertEqual(found.action, "buy")
            other = found.copy({"sequence": found.sequence - 10})
            self.assertEqual(rule._get_default_rule(), other)
            other.active = False
            self.assertEqual(rule._get_default_rule(), found)
            product.seller_ids.unlink()
            self.assertFalse(rule._get_default_rule())

    def test_drafts_are_those_of_now(self):
        """The request that lines are added to is the one that a search would find."""
        vendor = self.env["res.partner"].create({"name": "Asked"})
        Orders = self.env["purchase.order"].sudo()

        def found():
            return Orders.search(
                [
                    ("partner_id", "=", vendor.id),
                    ("state", "=", "draft"),
                    ("company_id", "=", self.company.id),
                ],
                limit=1,
            )

        with asked_once(self.env):
            self.assertFalse(found())
            first, second = (Orders.create({"partner_id": vendor.id}) for _ in "ab")
            self.assertEqual(found(), second)
            first.priority = "1"
            self.assertEqual(found(), first)
            first.button_cancel()
            self.assertEqual(found(), second)
            second.partner_id = vendor.copy()
            self.assertFalse(found())

    def test_a_rolled_back_change_is_forgotten(self):
        product = self._product("Asked")
        self._vendor(product)
        rule = self._rule(product, 5, 10)
        with asked_once(self.env):
            found = rule._get_default_rule()
            try:
                with self.cr.savepoint():
                    found.active = False
                    self.assertFalse(rule._get_default_rule())
                    raise Undone
            except Undone:
                self.assertEqual(rule._get_default_rule(), found)
