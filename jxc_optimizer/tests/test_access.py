"""Who sees what of the inventory's screens, asked the way a browser asks: by RPC."""

from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged

from .common import OptimizerCase

ROLES = {
    "planner": "jxc_optimizer.group_planner",
    "buyer": "jxc_optimizer.group_buyer",
    "stock": "stock.group_stock_user",
    "purchase": "purchase.group_purchase_user",
    "sales": "base.group_user",
    "portal": "base.group_portal",
}
ALL = ("planner", "buyer", "stock", "purchase")
DECIDE = ("planner", "buyer")
#: model -> who may read it
READERS = {
    "jxc.policy": ALL,
    "jxc.stock.age": ("planner", "buyer", "stock"),
    "jxc.stock.case": ("planner", "buyer", "stock"),
    "jxc.kpi": DECIDE,
    "jxc.exception": DECIDE,
    "jxc.exception.week": DECIDE,
    "jxc.class.change": DECIDE,
    "jxc.cell": DECIDE,
    "jxc.article": DECIDE,
}
#: model -> who may write it
WRITERS = {
    "jxc.cell": ("planner",),
    "jxc.article": ("planner",),
    "jxc.stock.case": DECIDE,
}
#: method that anybody may try -> who may
METHODS = {
    ("jxc.overview", "get_overview"): DECIDE,
    ("jxc.overview", "get_matrix"): DECIDE,
    ("jxc.overview", "get_exception_action"): DECIDE,
    ("jxc.overview", "get_cell_action"): ALL,
    ("jxc.overview", "get_changes_action"): DECIDE,
    ("jxc.kpi", "action_export"): DECIDE,
    ("jxc.cell", "action_open_cells"): DECIDE,
}
#: what methods are called with
GIVEN = {
    "action_export": ([],),
    "get_exception_action": ("out",),
    "get_cell_action": ("A", "X"),
}
#: only the add-on's own code calls these
PRIVATE = (
    ("jxc.exception", "_refresh"),
    ("jxc.exception.week", "_record"),
    ("jxc.class.change", "_record"),
    ("jxc.sales.price", "_read"),
    ("jxc.kpi", "_write_month"),
    ("jxc.kpi.month", "_count"),
)


@tagged("post_install", "-at_install")
class TestAccess(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls._user(f"access {role}", groups) for role, groups in ROLES.items()
        }
        cls.other = cls._company("Elsewhere Ltd")
        cls.stranger = cls._user("access stranger", ROLES["planner"], cls.other)
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        product = cls._product("Confidential", cost=7.0, list_price=20.0)
        cls._move(product, 300, 90, suppliers, cls.stock)
        cls._sell_weekly(product, [2] * 12)
        cls._run(cls.company)
        product.standard_price = 9
        cls.env["jxc.class.change"].create(
            {
                "company_id": cls.company.id,
                "day": cls.today,
                "product_id": product.id,
                "location_id": cls.stock.id,
                "warehouse_id": cls.warehouse.id,
                "axis": "abc",
                "before": "B",
                "after": "A",
            }
        )
        cls.env["jxc.kpi.month"].create(
            {"company_id": cls.company.id, "month": cls.today.replace(day=1)}
        )._count()
        cls.env["jxc.stock.age"]._refresh(cls.company)
        cls.env["jxc.cell"]._ensure(cls.company)
        cls.env["jxc.article"].create(
            {"company_id": cls.company.id, "product_id": product.id, "pack": 6}
        )
        cls.env["jxc.stock.case"].create(
            {"warehouse_id": cls.warehouse.id, "product_id": product.id}
        )
        cls.records = {
            model: cls.env[model].search([("company_id", "=", cls.company.id)])
            for model in READERS
        }

    def _call(self, model, method, *arguments):
        """The answer of the server, or None where it refuses access."""
        try:
            return self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": arguments, "kwargs": {}},
            )
        except JsonRpcException as error:
            if "AccessError" not in str(error):
                raise
            return None

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def test_read_and_write(self):
        for role, user in self.users.items():
            self._login(user)
            for model, records in self.records.items():
                self.assertTrue(records, model)
                names = [
                    field.name
                    for field in records._fields.values()
                    if field.store and field.type in ("monetary", "float", "integer")
                ]
                with self.subTest(role=role, model=model):
                    answer = self._call(model, "read", records.ids, names)
                    self.assertEqual(bool(answer), role in READERS[model])
                    wrote = self._call(model, "write", records.ids, {})
                    self.assertEqual(bool(wrote), role in WRITERS.get(model, ()))

    def test_methods(self):
        for role, user in self.users.items():
            self._login(user)
            for (model, method), allowed in METHODS.items():
                with self.subTest(role=role, method=method):
                    answer = self._call(model, method, *GIVEN.get(method, ()))
                    self.assertEqual(bool(answer), role in allowed)

    def test_private_methods(self):
        self._login(self.users["planner"])
        for model, method in PRIVATE:
            with self.subTest(method=method):
                self.assertIsNone(self._call(model, method, []))

    def test_nobody_else(self):
        """Those outside stock and purchase read none of the add-on's models."""
        models = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("jxc.") and not model._abstract and not model._transient
        ]
        self.assertGreater(len(models), 20)
        for role in ("sales", "portal"):
            self._login(self.users[role])
            for model in models:
                with self.subTest(role=role, model=model):
                    self.assertIsNone(self._call(model, "search_read", [], ["id"]))

    def test_cost_and_margin(self):
        """Who reads money of an article here, reads its cost and price in Odoo too."""
        product = self.records["jxc.policy"].product_id
        for role in ALL:
            self._login(self.users[role])
            with self.subTest(role=role):
                names = ["standard_price", "list_price"]
                [row] = self._call("product.product", "read", product.ids, names)
                self.assertEqual(row["standard_price"], 9)
                self.assertEqual(row["list_price"], 20)

    def test_other_company(self):
        """A planner of another company finds nothing, and reads nothing by its id."""
        self._login(self.stranger)
        for model, records in self.records.items():
            with self.subTest(model=model):
                found = self._call(model, "search_read", [], ["company_id"])
                self.assertFalse({row["id"] for row in found} & set(records.ids))
                self.assertIsNone(self._call(model, "read", records.ids, ["id"]))
        overview = self._call("jxc.overview", "get_overview", {})
        self.assertFalse(any(tile["count"] for tile in overview["tiles"]))
        self.assertEqual(overview["months"], [])
        warehouses = overview["options"]["warehouses"]
        self.assertNotIn(self.warehouse.id, [row["id"] for row in warehouses])
        # a filter of theirs opens nothing either
        mine = self._call(
            "jxc.overview", "get_overview", {"warehouse_id": self.warehouse.id}
        )
        self.assertFalse(any(tile["count"] for tile in mine["tiles"]))

    def test_company_that_is_not_chosen(self):
        """Of two companies only the one that is chosen shows."""
        both = self.users["buyer"]
        both.company_ids = [Command.set((self.company | self.other).ids)]
        overview = self.env["jxc.overview"].with_user(both)
        overview = overview.with_context(allowed_company_ids=self.other.ids)
        self.assertFalse(any(t["count"] for t in overview.get_overview()["tiles"]))
