from odoo.tests import TransactionCase


class TestSmoke(TransactionCase):
    def test_groups(self):
        self.assertTrue(self.env.ref("jxc_optimizer.group_planner"))
