"""Photograph the main screens of the demo company in English and Chinese.

The pictures go to docs/screenshots/ and docs/screenshots/zh/.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from .. import browser, cache, console, environment, postgres
from ..camera import Camera
from ..odoo import Odoo, stop
from . import demo

LANGUAGES = {"en_US": Path("."), "zh_CN": Path("zh")}
ADMINISTRATOR = 2
ALL_RULES = ".o_search_panel_category_value header"
PHONE = 390, 844
#: what scheduled actions bring sooner or later
FIGURES = """
env["jxc.kpi.month"]._cron_count()
env["jxc.pace"]._cron_refresh()
env["jxc.accuracy"]._cron_count()
env.cr.commit()
"""
#: a what-if in each language, and the company's own replay
WHAT_IF = {
    "en_US": (
        "Longer lead times",
        ("As it is", "Target 97 %", "Lead times + 20 %", "Order line at 40"),
    ),
    "zh_CN": (
        "提前期变长",
        ("维持现状", "目标 97 %", "提前期 +20 %", "每行订货成本 40"),
    ),
}
REPLAY = f"""
from odoo.fields import Command
replays = env["jxc.replay"].with_company(env["jxc.demo.company"]._load())
for name, (plain, target, slow, dear) in {list(WHAT_IF.values())!r}:
    if not replays.search_count([("name", "=", name)]):
        replays.create({{
            "name": name,
            "condition_ids": [Command.create(each) for each in (
                {{"name": plain}}, {{"name": target, "target": 0.97}},
                {{"name": slow, "lead_percent": 20}},
                {{"name": dear, "order_cost": 40}},
            )],
        }})._queue()
env["jxc.replay"]._cron_work()
env.cr.commit()
"""


def add_arguments(parser):
    parser.add_argument(
        "--folder",
        type=Path,
        default=cache.CHECKOUT / "docs" / "screenshots",
        help="where the pictures go (default: docs/screenshots)",
    )


def run(options):
    environment.enter()
    chromium = browser.find()
    if not chromium:
        raise console.Failure("Screenshots need Chromium: apt-get install chromium")
    odoo = Odoo(postgres.server("demo", durable=True))
    with cache.lock("demo-database"):
        demo.prepare(odoo)
        odoo.script(demo.DATABASE, FIGURES, "Counting the figures of months")
        odoo.script(demo.DATABASE, REPLAY, "Replaying the past")
    port = odoo.free_port()
    settings = odoo.configuration(
        "screenshots",
        http_port=port,
        dbfilter=f"^{demo.DATABASE}$",
        max_cron_threads=0,
    )
    address = f"http://127.0.0.1:{port}"
    server = odoo.serve(
        f"--config={settings}", f"--database={demo.DATABASE}", "--log-level=warn"
    )
    try:
        demo.wait_for(server, f"{address}/web/login")
        for language, folder in LANGUAGES.items():
            with console.step(f"Photographing in {language}"):
                with Camera(chromium) as camera:
                    camera.login(address, "admin", "admin")
                    _speak(camera, language)
                # a session keeps the language in which it began
                with Camera(chromium) as camera:
                    camera.login(address, "admin", "admin")
                    camera.language = language
                    _tour(camera, address, options.folder / folder)
                    _replay_pages(camera, address, options.folder / folder, language)
                    _speak(camera, "en_US")
                    if camera.errors:
                        raise console.Failure(
                            "The pages threw errors:\n" + "\n".join(camera.errors)
                        )
    finally:
        stop(server)


def _speak(camera: Camera, language: str) -> None:
    """Set the language of the administrator, who is logged in."""
    _call(camera, "res.users", "write", [ADMINISTRATOR], {"lang": language})


def _call(camera: Camera, model: str, method: str, *arguments):
    """Call a method as the user who is logged in."""
    kwargs = {"context": {"lang": camera.language}}
    call = {"model": model, "method": method, "args": arguments, "kwargs": kwargs}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": call})
    return camera.evaluate(
        "fetch('/web/dataset/call_kw', {method: 'POST', headers: "
        f"{{'Content-Type': 'application/json'}}, body: {json.dumps(body)}}})"
        ".then((answer) => answer.json()).then((answer) => answer.result)"
    )


def _tour(camera: Camera, address: str, folder: Path) -> None:
    camera.open(f"{address}/odoo/replenishment")
    camera.wait(".o_data_row")
    camera.click(ALL_RULES)
    camera.wait(".o_data_row")
    camera.shoot(folder / "replenishment.png")
    camera.click(".o_data_row td[name=jxc_why] a")
    camera.wait(".o_jxc_why table")
    camera.shoot(folder / "why.png")

    camera.open(f"{address}/odoo/stock-policies")
    camera.wait(".o_data_row")
    camera.shoot(folder / "policies.png")
    camera.click(".o_data_row td[name=product_id]")
    camera.wait(".o_form_view .o_field_widget[name=safety_stock]")
    camera.shoot(folder / "policy.png")
    camera.click(".o_form_view h1 a")
    camera.click(".nav-link[name=jxc_policy]")
    camera.wait(".o_field_widget[name=jxc_policy_ids] .o_data_row")
    camera.shoot(folder / "product.png")

    camera.open(f"{address}/odoo/inventory-overview")
    camera.wait("section[data-exception=out]")
    camera.shoot(folder / "overview.png")
    camera.open(f"{address}/odoo/abc-xyz")
    camera.wait("button[data-cell=AX]")
    camera.shoot(folder / "matrix.png")
    [dashboard] = _call(
        camera, "spreadsheet.dashboard", "search",
        [["main_data_model_ids.model", "=", "jxc.kpi"]],
    )  # fmt: skip
    camera.open(f"{address}/odoo/dashboards?dashboard_id={dashboard}")
    camera.wait(".o-figure canvas")
    camera.shoot(folder / "dashboard.png")

    camera.open(f"{address}/odoo/optimisation-runs")
    camera.click(".o_data_row td[name=date]")
    camera.wait(".o_form_view .o_field_widget[name=timing_text]")
    camera.shoot(folder / "run.png")

    camera.open(f"{address}/odoo/action-stock.action_stock_config_settings")
    camera.wait("#jxc_service")
    camera.scroll_to("#jxc_service")
    camera.shoot(folder / "settings.png")

    _insight_pages(camera, address, folder)
    _stock_pages(camera, address, folder)
    _import_pages(camera, address, folder)


def _insight_pages(camera: Camera, address: str, folder: Path) -> None:
    """What managers look at: exceptions, key figures, demand, seasons, the report."""
    desk = camera.size
    camera.resize(*PHONE, mobile=True)
    camera.open(f"{address}/odoo/inventory-overview")
    camera.wait("section[data-exception=out]")
    camera.shoot(folder / "overview_phone.png")
    camera.resize(*desk)
    camera.open(f"{address}/odoo/inventory-overview")
    camera.click("section[data-exception=excess] > button")
    camera.wait(".o_data_row td[name=value]")
    camera.shoot(folder / "exceptions.png")
    [policy] = _call(
        camera, "jxc.policy", "search_read", [["xyz_class", "!=", False]],
        ["product_id"], 0, 1,
    )  # fmt: skip
    for path, ready, name in (
        (
            f"{policy['product_id'][0]}/demand-desk",
            ".o_jxc_desk_chart canvas",
            "demand_desk",
        ),
        ("inventory-key-figures", ".o_pivot table td", "key_figures"),
        ("forecast-accuracy", ".o_pivot table td", "accuracy"),
        ("fast-movers", ".o_data_row", "fast_movers"),
        ("seasons", ".o_data_row, .o_view_nocontent", "seasons"),
        ("planned-events", ".o_data_row, .o_view_nocontent", "events"),
    ):
        camera.open(f"{address}/odoo/{path}")
        camera.wait(ready)
        camera.shoot(folder / f"{name}.png")
    found = _call(camera, "jxc.monthly.report", "search", [], 0, 1)
    report = found or _call(camera, "jxc.monthly.report", "create", [{}])
    camera.resize(794, 1123)  # a page of A4
    camera.open(f"{address}/report/html/jxc_optimizer.report_monthly/{report[0]}")
    camera.wait(".jxc h1")
    camera.shoot(folder / "monthly_report.png")
    camera.resize(*desk)
    if not found:
        _call(camera, "jxc.monthly.report", "unlink", report)


def _replay_pages(camera: Camera, address: str, folder: Path, language: str) -> None:
    """The objective, what a replay says of articles, and a what-if."""
    desk, chart, patience = camera.size, ".o_jxc_curve canvas", 180
    camera.resize(desk[0], 1200)
    camera.open(f"{address}/odoo/service-objective")
    camera.wait(chart, patience)
    camera.shoot(folder / "objective.png")
    camera.click("button[name=articles]")
    camera.wait(".o_data_row, .o_group_header", patience)
    camera.click(".o_switch_view.o_pivot")
    camera.wait(".o_pivot table td", patience)
    camera.shoot(folder / "replay_articles.png")
    [record] = _call(
        camera, "jxc.replay", "search", [["name", "=", WHAT_IF[language][0]]], 0, 1
    )  # fmt: skip
    camera.open(f"{address}/odoo/what-if/{record}")
    camera.wait(".o_field_widget[name=scenario_ids] .o_data_row", patience)
    camera.shoot(folder / "what_if.png")
    camera.resize(PHONE[0], 1600, mobile=True)
    camera.open(f"{address}/odoo/service-objective")
    camera.wait(chart, patience)
    camera.shoot(folder / "objective_phone.png")
    camera.resize(*desk)


def _stock_pages(camera: Camera, address: str, folder: Path) -> None:
    camera.open(f"{address}/odoo/slow-stock")
    camera.wait(".o_data_row")
    camera.shoot(folder / "slow_stock.png")
    [age] = _call(camera, "jxc.stock.age", "search", [["stage", "!=", "moving"]], 0, 1)
    case = _call(camera, "jxc.stock.age", "action_open_cases", [age])["res_id"]
    camera.open(f"{address}/odoo/stock-cases/{case}")
    camera.wait(".o_form_view .o_field_widget[name=decision]")
    camera.shoot(folder / "stock_case.png")
    _call(camera, "jxc.stock.case", "unlink", [case])


def _import_pages(camera: Camera, address: str, folder: Path) -> None:
    """A small history with some errors, taken to its check and dropped again."""
    articles = _call(
        camera, "product.product", "search_read", [["default_code", "!=", False]],
        ["default_code", "name"], 0, 3,
    )  # fmt: skip
    lines = ["销售出库明细,,,,", "单据日期,单据号,商品编码,品名,数量"]
    for day in range(1, 61):
        article = articles[day % 3]
        lines.append(
            f"2009年{day // 28 + 1}月{day % 28 + 1}日,XS{day:04},"
            f'{article["default_code"]},"{article["name"]}",{day % 7 + 1}'
        )
    first = articles[0]["default_code"]
    lines += [
        f"待定,XS0061,{first},,1",
        f"2009年3月9日,XS0062,{first},,若干",
        "2009年3月9日,XS0063,没有的编码,,1",
        "合计,,,,",
    ]
    data = base64.b64encode("\n".join(lines).encode("gb18030")).decode()
    record = _call(
        camera, "jxc.import", "create", [{"name": "销售出库明细.csv", "file": data}]
    )[0]
    _call(camera, "jxc.import", "action_read", [record])
    camera.open(f"{address}/odoo/history-import/{record}")
    camera.wait(".o_field_widget[name=column_ids] .o_data_row")
    camera.shoot(folder / "import_columns.png")
    _call(camera, "jxc.import", "action_check", [record])
    camera.open(f"{address}/odoo/history-import/{record}")
    camera.wait(".o_jxc_import_report")
    camera.shoot(folder / "import_check.png")
    _call(camera, "jxc.import", "action_cancel", [record])
    _call(camera, "jxc.import", "unlink", [record])
