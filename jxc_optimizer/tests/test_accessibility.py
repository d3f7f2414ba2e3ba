"""The screens for keyboards and screen readers: axe-core finds nothing serious.

``./dev test`` fetches axe-core and names it in $JXC_AXE; without it this is skipped.
"""

import json
import os
import unittest
from pathlib import Path

from odoo.tests import HttpCase, tagged

from .common import OptimizerCase

AXE = os.environ.get("JXC_AXE")
#: our own screens: address, and what is there when they are drawn
OWN = {
    "inventory-overview": ".o_jxc_overview section",
    "abc-xyz": ".o_jxc_overview table",
    "service-objective": ".o_jxc_objective",
    "%(product)s/demand-desk": ".o_jxc_desk_chart canvas",
}
#: lists and forms that Odoo draws from our views
NATIVE = {
    "inventory-key-figures": ".o_pivot table",
    "forecast-accuracy": ".o_view_controller",
    "fast-movers": ".o_list_renderer .o_data_row",
    "inventory-exceptions": ".o_list_renderer",
    "seasons": ".o_list_renderer",
    "planned-events": ".o_list_renderer",
    "one-off-demand": ".o_list_renderer",
    "replacements": ".o_list_renderer",
    "history-import": ".o_list_renderer",
    "what-if": ".o_list_renderer",
    "realised-savings": ".o_view_controller",
    "stock-alerts": ".o_view_controller",
    "transfer-proposals": ".o_view_controller",
    "surplus-orders": ".o_view_controller",
    "changed-classes": ".o_list_renderer",
    "slow-stock": ".o_list_renderer",
    "stock-cases": ".o_list_renderer",
    "stock-policies": ".o_list_renderer .o_data_row",
    "article-parameters": ".o_list_renderer",
    "abc-xyz-classes": ".o_list_renderer",
    "optimisation-runs": ".o_list_renderer .o_data_row",
    "replenishment": ".o_list_renderer",
}
CHECK = """
(async () => {
    const wait = (done) => new Promise((resolve) => {
        const look = () => done() ? resolve() : setTimeout(look, 100);
        look();
    });
    await wait(() => document.querySelector(%(selector)s));
    await document.fonts.ready;
    %(axe)s;
    const found = await axe.run(
        {include: [%(scope)s], exclude: %(exclude)s},
        {resultTypes: ["violations"], rules: %(rules)s}
    );
    const ours = found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => ({
            rule: one.id,
            nodes: one.nodes.map((node) => node.html.slice(0, 200)),
        }));
    if (ours.length) {
        console.error(JSON.stringify(ours, null, 1));
    } else {
        console.log("test successful");
    }
})();
"""
READY = "odoo.isReady === true"
#: colours of lists and pivots, and how they scroll on a phone, are the same everywhere
ODOO_DECIDES = {
    "color-contrast": {"enabled": False},
    "scrollable-region-focusable": {"enabled": False},
}
#: what Odoo draws in every list, pivot and search panel, and does not name
DRAWN_BY_ODOO = [
    ".o_optional_columns_dropdown",
    ".o_list_record_selector",
    ".o_list_button",
    ".o_progress",
    ".o_search_panel",
    "button:has(> .oi-panel-right)",
    "[aria-describedby=days-label]",
]


@tagged("post_install", "-at_install")
@unittest.skipUnless(AXE, "axe-core is fetched by ./dev test")
class TestAccessibility(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.axe = Path(AXE).read_text(encoding="utf-8")
        cls.planner = cls._user("accessible", "jxc_optimizer.group_planner")
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        for name, demand in (("Steady", 5), ("Gone", 9), ("Heap", 1)):
            product = cls._product(name, cost=4.0, list_price=9.0)
            cls._move(product, 200, 500 if name == "Heap" else 60, suppliers, cls.stock)
            cls._sell_weekly(product, [demand] * 9)
            cls._rule(product)
        cls.company.write({"jxc_target_turns": 5, "jxc_target_in_stock": 0.99})
        cls._run()
        cls.env["jxc.exception.week"]._backfill(cls.company)
        cls.env["jxc.kpi.month"]._plan(cls.company)
        for month in cls.env["jxc.kpi.month"].search(
            [("company_id", "=", cls.company.id)]
        ):
            month._count()
        cls.env["jxc.stock.age"]._refresh(cls.company)
        cls.env["jxc.cell"]._ensure(cls.company)
        cls.env["jxc.pace"]._refresh(cls.company)
        cls.product = cls.env["product.product"].search([("name", "=", "Steady")])
        cls.report = cls.env["jxc.monthly.report"].create({})

    def _check(self, address, selector, scope, exclude=(), rules=None, ready=READY):
        self.browser_js(
            address if address.startswith("/") else f"/odoo/{address}",
            CHECK
            % {
                "selector": json.dumps(selector),
                "scope": json.dumps(scope),
                "exclude": json.dumps(list(exclude)),
                "rules": json.dumps(rules or {}),
                "axe": self.axe,
            },
            ready=ready,
            login=self.planner.login,
        )

    def test_own_screens(self):
        self._check_own()

    def test_own_screens_on_a_phone(self):
        self.browser_size = "390x844"
        self._check_own()

    def _check_own(self):
        for address, selector in OWN.items():
            with self.subTest(address):
                address %= {"product": self.product.id}
                self._check(address, selector, ".o_action_manager")

    def test_monthly_report(self):
        self._check(
            f"/report/html/jxc_optimizer.report_monthly/{self.report.id}",
            ".jxc h1",
            ".jxc",
            ready="document.readyState === 'complete'",
        )

    def test_native_screens(self):
        self._check_native(NATIVE)

    def test_native_screens_on_a_phone(self):
        self.browser_size = "390x844"
        self._check_native(dict.fromkeys(NATIVE, ".o_content > *"))

    def _check_native(self, screens):
        for address, selector in screens.items():
            with self.subTest(address):
                self._check(
                    address,
                    selector,
                    ".o_content",
                    DRAWN_BY_ODOO,
                    ODOO_DECIDES,
                )
