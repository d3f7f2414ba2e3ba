"""Who may do what in Replenishment and Purchase, asked from outside by RPC."""

from xmlrpc.client import Fault

from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged

from .common import OptimizerCase
from .test_access import ALL, ROLES
from .test_run import WEEKLY

PLAN = ("planner",)
BUY = ("planner", "buyer")
RULE = "stock.warehouse.orderpoint"
#: model, method, arguments after the ids -> who may
ACTIONS = {
    (RULE, "get_jxc_today", ((),)): ALL,
    (RULE, "action_open_orderpoints", ()): ALL,
    (RULE, "action_jxc_open_term", ("on_hand",)): ALL,
    (RULE, "action_jxc_export", ()): BUY,
    (RULE, "action_jxc_order", ()): BUY,
    (RULE, "action_replenish", ()): BUY,
    (RULE, "action_jxc_edit", ()): PLAN,
    (RULE, "action_jxc_archive", ()): PLAN,
    (RULE, "action_jxc_apply_later", ()): PLAN,
    (RULE, "action_jxc_apply", ()): PLAN,
    ("jxc.change", "action_revert", ()): PLAN,
    ("jxc.apply.job", "action_cancel", ()): PLAN,
    ("jxc.apply.job", "action_resume", ()): PLAN,
    ("jxc.policy", "action_create_rules", ()): PLAN,
    ("jxc.run", "action_revert", ()): PLAN,
    ("jxc.alert", "action_refresh", ()): BUY,
    ("jxc.transfer", "action_refresh", ()): BUY,
    ("jxc.transfer", "action_transfer", ()): BUY,
    ("purchase.order", "action_jxc_complete", ()): ("purchase",),
}
#: methods without records
ON_MODEL = {"get_jxc_today", "action_open_orderpoints"}
#: only the add-on's own code calls these
PRIVATE = (
    (RULE, "_jxc_apply"),
    (RULE, "_jxc_set_levels"),
    (RULE, "_jxc_project"),
    ("jxc.change", "_log"),
    ("jxc.apply.job", "_start"),
    ("jxc.apply.job", "_cron_work"),
    ("jxc.replenish.mark", "_mark"),
    ("purchase.order", "_jxc_note_breaks"),
)


@tagged("post_install", "-at_install")
class TestAccessReplenishment(OptimizerCase, HttpCase):
    # requests wait for each other, on a busy machine for long
    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls._user(f"rpc {role}", groups) for role, groups in ROLES.items()
        }
        cls.other = cls._company("Elsewhere Ltd")
        cls.stranger = cls._user("rpc stranger", ROLES["planner"], cls.other)
        product = cls._product("Confidential", cost=7.0)
        cls.vendor = cls._vendor(product)
        cls._sell_weekly(product, WEEKLY)
        cls.rule = cls._rule(product, 2, 4, trigger="auto")
        # suggested, but without a rule
        missing = cls._product("Without a rule", cost=7.0)
        cls._vendor(missing)
        cls._sell_weekly(missing, WEEKLY)
        run = cls._run()
        change = cls.env["jxc.change"]._log(cls.rule, {cls.rule: (2, 4)}, run)
        job = cls.env["jxc.apply.job"]._start(cls.rule)
        order = cls.env["purchase.order"].create({"partner_id": cls.vendor.id})
        transfer = cls.env["jxc.transfer"].search([], limit=1)
        cls.records = {
            RULE: cls.rule,
            "jxc.change": change,
            "jxc.apply.job": job,
            "jxc.policy": cls._policy(missing),
            "jxc.run": run,
            "jxc.alert": cls.env["jxc.alert"],
            "jxc.transfer": transfer,
            "purchase.order": order,
        }

    def _call(self, model, method, *arguments):
        """Whether the server lets the user try; what he is told then is no matter."""
        try:
            self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": arguments, "kwargs": {}},
                timeout=120,
            )
        except JsonRpcException as error:
            if "UserError" in str(error) or "ValidationError" in str(error):
                return True
            if "AccessError" not in str(error):
                raise
            return False
        return True

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _tries(self, allowed):
        """Each action as the user logged in; ``allowed`` of a set of who may."""
        for (model, method, arguments), who in ACTIONS.items():
            records = self.records[model]
            given = arguments if method in ON_MODEL else (records.ids, *arguments)
            with self.subTest(model=model, method=method):
                self.assertEqual(self._call(model, method, *given), allowed(who))

    def test_planner(self):
        self._login(self.users["planner"])
        self._tries(lambda who: "planner" in who)

    def test_buyer(self):
        self._login(self.users["buyer"])
        self._tries(lambda who: "buyer" in who)

    def test_stock_user(self):
        self._login(self.users["stock"])
        self._tries(lambda who: "stock" in who)

    def test_purchase_user(self):
        self._login(self.users["purchase"])
        self._tries(lambda who: "purchase" in who)

    def test_employee_and_portal(self):
        for role in ("sales", "portal"):
            self._login(self.users[role])
            self._tries(lambda who, role=role: role in who)

    def test_other_company(self):
        """A planner elsewhere: nothing that names records of this company."""
        self._login(self.stranger)
        for (model, method, arguments), _who in ACTIONS.items():
            if method in ON_MODEL or not self.records[model]:
                continue
            with self.subTest(model=model, method=method):
                self.assertFalse(
                    self._call(model, method, self.records[model].ids, *arguments)
                )
        self.assertEqual((self.rule.product_min_qty, self.rule.product_max_qty), (2, 4))

    def test_fields(self):
        """What of a rule may be written by whom."""
        for role, user in self.users.items():
            self._login(user)
            with self.subTest(role=role):
                ids = self.rule.ids
                self.assertEqual(
                    self._call(RULE, "write", ids, {"product_min_qty": 3}),
                    role in PLAN,
                )
                self.assertEqual(
                    self._call(RULE, "write", ids, {"supplier_id": False}),
                    role in BUY,
                )
                self.assertEqual(
                    self._call(RULE, "write", ids, {"jxc_mode": "automatic"}),
                    role in PLAN,
                )
                for model in ("jxc.change", "jxc.apply.job", "jxc.transfer"):
                    self.assertFalse(self._call(model, "create", [{}]))

    def test_level_edit(self):
        """Other levels with a reason: planners, and for rules of their company."""
        wizard = {
            "orderpoint_id": self.rule.id,
            "new_min": 5,
            "new_max": 9,
            "reason": "Fair",
        }
        for role, user in self.users.items():
            self._login(user)
            with self.subTest(role=role):
                self.assertEqual(
                    self._call("jxc.level.edit", "create", [wizard]), role in PLAN
                )
        edit = self.env["jxc.level.edit"].with_user(self.stranger).sudo().create(wizard)
        self._login(self.stranger)
        self.assertFalse(self._call("jxc.level.edit", "action_apply", edit.ids))
        self.assertEqual(self.rule.product_min_qty, 2)

    def test_private_methods(self):
        self._login(self.users["planner"])
        for model, method in PRIVATE:
            with self.subTest(method=method):
                self.assertFalse(self._call(model, method, []))

    def test_xml_rpc(self):
        """The same by XML-RPC: a buyer orders, only a planner applies."""

        def call(role, method):
            user = self.users[role]
            return self.xmlrpc_object.execute_kw(
                self.env.cr.dbname, user.id, user.login, RULE, method, [self.rule.ids]
            )

        for role in ("buyer", "stock", "purchase", "portal"):
            with self.assertRaises(Fault):
                call(role, "action_jxc_apply")
        self.assertEqual(self.rule.product_min_qty, 2)
        call("buyer", "action_jxc_order")
        lines = self.env["purchase.order.line"].search(
            [("orderpoint_id", "=", self.rule.id)]
        )
        self.assertTrue(lines)
        suggested = self.rule.jxc_suggested_min
        call("planner", "action_jxc_apply")
        self.assertEqual(self.rule.product_min_qty, suggested)

    def test_two_companies(self):
        """Who works in both, but has chosen the other one, changes nothing here."""
        planner = self.users["planner"]
        planner.company_ids = [Command.set((self.company | self.other).ids)]
        rule = self.rule.with_user(planner)
        rule = rule.with_context(allowed_company_ids=self.other.ids)
        self.assertFalse(rule.search([("id", "=", rule.id)]))
