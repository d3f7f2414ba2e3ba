"""Time and SQL statements of ordering and of Replenishment, beside plain Odoo.

    ./dev bench replenishment [--rules 20000] [--to-order 4000] [--moves 1000000]
        [--json FILE]

A database of Odoo's own modules with N reordering rules of one warehouse, a fifth of
them to be ordered, 100 vendors, and M stock moves. A tenth of the articles have a
minimum order of 50, half of those another price from 200 on, and a twentieth of the
rules orders in dozens. Both sides run on a copy of that database: one without the
add-on, one with it and after a night run.

What Odoo's scheduler does for rules (quantities, deadlines, orders) in one transaction:
native_s, addon_s (CPU seconds of Python), native_queries, addon_queries. Opening
Replenishment (the action, the first 80 rows with all of Odoo's columns, the search
panel): open_native_s, open_addon_s; with the add-on's columns, too: open_all_s.
Another horizon: horizon_native_s, horizon_addon_s. Minimum and maximum of 1,000 rules:
apply_native_s (one write for each rule), apply_1000_s (Apply). These are CPU seconds of
Python and of PostgreSQL, the median of several; *_wall_s are seconds on the clock.

Lines of the add-on: lines_below_moq, lines_price_zero, off_multiple, over all lines of
the scheduler, of Order to Max and of Suggest's "Add all"; plain Odoo's own are in
native_lines. differing: articles without a minimum, a break or a multiple that were not
ordered alike.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from devtools import cache, console, postgres
from devtools.odoo import Odoo

#: both run in Odoo's shell, with ``rules``, ``to_order``, ``moves`` set
GENERATE = '''
env = env(context={**env.context, "tracking_disable": True})
cr, company = env.cr, env.company
stock = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
place = stock.lot_stock_id
customers = env.ref("stock.stock_location_customers")
vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(100)])
product = env["product.product"].create({
    "name": "Article", "is_storable": True, "standard_price": 5.0, "purchase_ok": True,
    "seller_ids": [(0, 0, {"partner_id": vendors[0].id, "delay": 14, "price": 5.0,
                           "company_id": company.id})]})
env["stock.quant"]._update_available_quantity(product, place, 100)
move = env["stock.move"].create({
    "product_id": product.id, "product_uom_qty": 3, "company_id": company.id,
    "location_id": place.id, "location_dest_id": customers.id})
move._action_confirm()
move.quantity = 3
move.picked = True
move._action_done()
rule = env["stock.warehouse.orderpoint"].create({
    "product_id": product.id, "warehouse_id": stock.id, "location_id": place.id,
    "trigger": "auto", "product_min_qty": 20, "product_max_qty": 60})
quant = env["stock.quant"].search([("product_id", "=", product.id),
                                   ("location_id", "=", place.id)])
dozen = env.ref("uom.product_uom_dozen")
env.flush_all()
cr.execute("SELECT setseed(0.19)")

def clone(table, record, rows, **values):
    """A copy of a row for each of ``rows`` (named n), with other values."""
    cr.execute("SELECT column_name FROM information_schema.columns"
               " WHERE table_name = %s AND column_name != 'id'", [table])
    columns = [name for [name] in cr.fetchall()]
    if "id" in values:
        columns.insert(0, "id")
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT "
        + ", ".join(values.get(name, f"row.{name}") for name in columns)
        + f" FROM {rows}, {table} row WHERE row.id = {record.id}")

def top(table):
    cr.execute(f"SELECT max(id) FROM {table}")
    return cr.fetchone()[0]

template, variant = top("product_template"), top("product_product")
each = f"generate_series(0, {rules - 1}) n"
clone("product_template", product.product_tmpl_id, each, id=f"{template} + 1 + n",
      name="""jsonb_build_object('en_US', 'Article ' || n)""")
clone("product_product", product, each, id=f"{variant} + 1 + n",
      product_tmpl_id=f"{template} + 1 + n", default_code="'A' || n")
# the first vendor has a tenth of the articles
seller = f"""{vendors[0].id} + CASE WHEN n % 10 = 3 THEN 0 ELSE n % 100 END"""
clone("product_supplierinfo", product.seller_ids, each,
      product_tmpl_id=f"{template} + 1 + n", product_id="NULL", partner_id=seller,
      delay="7 + n % 30", price="2 + n % 17",
      min_qty="CASE WHEN n % 10 = 7 THEN 50 ELSE 0 END")
clone("product_supplierinfo", product.seller_ids,
      f"generate_series(7, {rules - 1}, 20) n", product_tmpl_id=f"{template} + 1 + n",
      product_id="NULL", partner_id=seller, delay="7 + n % 30", min_qty="200",
      price="(2 + n % 17) * 0.95")
for table in ("product_template", "product_product"):
    cr.execute(f"SELECT setval('{table}_id_seq', {top(table)})")
clone("stock_warehouse_orderpoint", rule, each, product_id=f"{variant} + 1 + n",
      product_min_qty="10 + n % 20", product_max_qty="35 + n % 50",
      qty_to_order_computed="NULL", deadline_date="NULL",
      replenishment_uom_id=f"CASE WHEN n % 20 = 11 THEN {dozen.id} END")
cr.execute("INSERT INTO product_template_uom_uom_rel (product_template_id, uom_uom_id)"
           " SELECT %s + 1 + n, %s FROM generate_series(11, %s, 20) n"
           " ON CONFLICT DO NOTHING", [template, dozen.id, rules - 1])
# a fifth lies below its minimum
clone("stock_quant", quant, each, product_id=f"{variant} + 1 + n", quantity=f"""
      CASE WHEN (n * 7919) % {rules} < {to_order} THEN (n % 9)
           ELSE 30 + floor(random() * 60) END""", reserved_quantity="0")

# The samples are old, so that the last day is one of the history.
first = top("stock_move") + 1
cr.execute("""
    CREATE TABLE bench_move AS
    SELECT %(first)s + n AS id, %(variant)s + 1 + number AS product_id,
           1 + floor(random() ^ 3 * 12) AS quantity,
           date_trunc('day', now()) - interval '1 day'
           - (730 * (1 - n / %(moves)s::float8)) * interval '1 day' AS date
      FROM (SELECT n, floor(%(rules)s * CASE WHEN random() < 0.8
                            THEN 0.2 * random() ^ 2 ELSE random() END)::int AS number
              FROM generate_series(0, %(moves)s - 1) n OFFSET 0) drawn
""", {"first": first, "variant": variant, "rules": rules, "moves": moves})
rows = "(SELECT * FROM bench_move ORDER BY id) n"
clone("stock_move", move, rows, id="n.id", product_id="n.product_id", date="n.date",
      date_deadline="n.date", product_qty="n.quantity", product_uom_qty="n.quantity",
      quantity="n.quantity")
clone("stock_move_line", move.move_line_ids, rows, move_id="n.id",
      product_id="n.product_id", date="n.date", quantity="n.quantity",
      quantity_product_uom="n.quantity")
cr.execute(f"SELECT setval('stock_move_id_seq', {first + moves})")
cr.execute("DROP TABLE bench_move")
# the samples go
product.orderpoint_ids.unlink()
product.product_tmpl_id.active = False
env.invalidate_all()
points = env["stock.warehouse.orderpoint"].search([])
points._compute_qty_to_order_computed()
points._compute_deadline_date()
env.flush_all()
cr.commit()
'''

NIGHT = """
env["jxc.run"]._cron_recompute()
run = env["jxc.run"].search([], limit=1)
assert run.state == "done", (run.state, run.error)
env.cr.commit()
"""

MEASURE = '''
import gc, json, statistics, time
from lxml import etree
cr, company = env.cr, env.company
ours = "jxc.run" in env
ticks = os.sysconf("SC_CLK_TCK")
backend = f"/proc/{cr.connection.info.backend_pid}/stat"
Rule = env["stock.warehouse.orderpoint"]

def server():
    """CPU seconds of our connection's process; 0 where it is not on this machine."""
    try:
        fields = open(backend).read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / ticks

class Taken:
    """What a block takes."""
    def __enter__(self):
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        self.queries = -cr.sql_log_count
        self.server = -server()
        self.wall, self.python = -time.perf_counter(), -time.process_time()
        return self
    def __exit__(self, *error):
        env.flush_all()
        self.python += time.process_time()
        self.wall += time.perf_counter()
        self.server += server()
        self.queries += cr.sql_log_count
        self.cpu = self.python + self.server

def median(name, call, times):
    """Several times from a cold cache, each taken back."""
    taken = []
    for number in range(times + 1):
        with Taken() as each:
            call()
        cr.rollback()
        if number:  # the first one also loads views and translations
            taken.append(each)
    result[f"{name}_s"] = round(statistics.median(t.cpu for t in taken), 3)
    result[f"{name}_wall_s"] = round(statistics.median(t.wall for t in taken), 3)
    result[f"{name}_queries"] = taken[-1].queries

def lines():
    """What was ordered: article, quantity in its unit, price, unit, terms."""
    env.flush_all()
    cr.execute("""
        SELECT p.default_code, l.product_qty * u.factor / own.factor, l.price_unit,
               COALESCE(least.min_qty, 0), COALESCE(least.lines, 0) > 1,
               COALESCE(multiple.factor, 0), l.date_planned::date::text,
               o.partner_id, o.date_order::date::text, l.name, l.discount,
               l.product_uom_id
          FROM purchase_order_line l
          JOIN purchase_order o ON o.id = l.order_id
          JOIN product_product p ON p.id = l.product_id
          JOIN product_template t ON t.id = p.product_tmpl_id
          JOIN uom_uom own ON own.id = t.uom_id
          JOIN uom_uom u ON u.id = l.product_uom_id
          LEFT JOIN stock_warehouse_orderpoint rule ON rule.product_id = p.id
          LEFT JOIN uom_uom multiple ON multiple.id = rule.replenishment_uom_id
          LEFT JOIN (SELECT product_tmpl_id, min(min_qty) AS min_qty, count(*) AS lines
                       FROM product_supplierinfo GROUP BY 1) least
                 ON least.product_tmpl_id = t.id
         WHERE o.state = 'draft' ORDER BY p.default_code, l.id""")
    return cr.fetchall()

def faults(ordered, multiples=True):
    return {
        "lines": len(ordered),
        "below_moq": sum(l[1] < l[3] - 1e-6 for l in ordered),
        "price_zero": sum(not l[2] for l in ordered),
        "off_multiple": sum(
            multiples and l[5] > 0 and abs(l[1] / l[5] - round(l[1] / l[5])) > 1e-6
            for l in ordered),
    }

def columns():
    """What the web client asks for: every field of the list."""
    arch = Rule.get_view(
        env.ref("stock.view_warehouse_orderpoint_tree_editable").id, "list")["arch"]
    names = {node.get("name") for node in etree.fromstring(arch).iter("field")}
    asked = {}
    for name in names:
        relational = Rule._fields[name].type == "many2one"
        asked[name] = {"fields": {"display_name": {}}} if relational else {}
    return asked

context = {"default_trigger": "manual", "searchpanel_default_trigger": "manual",
           "search_default_filter_to_reorder": True,
           "search_default_filter_not_snoozed": True, "lang": "en_US",
           "tz": "Asia/Shanghai", "uid": env.uid, "allowed_company_ids": company.ids}
domain = ["&", ("qty_to_order", ">", 0.0), "|", ("snoozed_until", "=", False),
          ("snoozed_until", "<=", "today")]
admin = env(user=env.ref("base.user_admin").id, context=context)
every = columns()
odoos = {name: spec for name, spec in every.items() if not name.startswith("jxc_")}

def opening(asked=odoos):
    View = admin["stock.warehouse.orderpoint"]
    View.action_open_orderpoints()
    # the panel starts on "Manual", where all rules here are automatic
    shown = View.web_search_read(domain, asked, limit=80)
    assert len(shown["records"]) == 80
    for field, method in panel:
        getattr(View, method)(
            field, search_domain=domain, enable_counters=True, expand=True,
            category_domain=[], filter_domain=[], comodel_domain=[], limit=200)

search = env["ir.ui.view"].browse(env.ref("stock.stock_reorder_report_search").id)
arch = etree.fromstring(admin["stock.warehouse.orderpoint"].get_view(
    search.id, "search")["arch"])
panel = [(node.get("name"), "search_panel_select_multi_range"
          if node.get("select") == "multi" else "search_panel_select_range")
         for node in arch.iterfind(".//searchpanel/field")]

def changing_the_horizon():
    admin["stock.warehouse.orderpoint"].with_context(
        force_orderpoint_recompute=True, global_horizon_days=30
    ).action_open_orderpoints()

result = {}
steps = {}
def scheduling():
    """The three steps of Odoo's scheduler for rules."""
    due = Rule.search(env["stock.rule"]._get_orderpoint_domain()).sudo()
    for name, step in (
        ("quantities", lambda: due._compute_qty_to_order_computed()),
        ("deadlines", lambda: due._compute_deadline_date()),
        ("orders", lambda: due._procure_orderpoint_confirm(raise_user_error=False)),
    ):
        start, queries = time.process_time(), cr.sql_log_count
        step()
        env.flush_all()
        steps[name] = [round(time.process_time() - start, 2),
                       cr.sql_log_count - queries]

with Taken() as taken:
    scheduling()
result.update(s=round(taken.python, 2), queries=taken.queries, steps=steps,
              wall_s=round(taken.wall, 1), cpu_s=round(taken.cpu, 2))
ordered = lines()
result["scheduler"] = faults(ordered)
result["ordered"] = ordered
cr.rollback()
median("open", opening, 5)
if ours:
    median("open_all", lambda: opening(every), 3)
with Taken() as taken:
    changing_the_horizon()
result.update(horizon_s=round(taken.cpu, 2), horizon_wall_s=round(taken.wall, 1),
              horizon_queries=taken.queries)
cr.rollback()

# Apply, and the same values by plain writes
if ours:
    chosen = Rule.search([("jxc_has_change", "=", True)], limit=1000, order="id")
    result["levels"] = [[r.id, r.jxc_suggested_min, r.jxc_suggested_max]
                        for r in chosen]
    median("apply", lambda: Rule.browse(chosen.ids).action_jxc_apply(), 3)
else:
    def writing():
        for number, low, high in levels:
            Rule.browse(number).write(
                {"product_min_qty": low, "product_max_qty": high})
    median("apply", writing, 3)

# Order to Max of 500 rules to order, and "Add all" of the largest vendor
due = admin["stock.warehouse.orderpoint"].search(
    [("qty_to_order_computed", ">", 0)], limit=500)
due.action_replenish(force_to_max=True)
result["to_max"] = faults(lines())
cr.rollback()
vendor = env["product.supplierinfo"]._read_group(
    [], ["partner_id"], ["__count"], order="__count desc", limit=1)[0][0]
order = admin["purchase.order"].create({"partner_id": vendor.id})
order.with_context(
    suggest_based_on="one_year", suggest_days=30, suggest_percent=100,
    warehouse_id=order.picking_type_id.warehouse_id.id,
    suggest_domain=[("seller_ids.partner_id", "=", vendor.id)],
).action_purchase_order_suggest()
# Suggest knows no rules, so none of their multiples either
result["suggest"] = faults(lines(), multiples=False)
cr.rollback()
open(answer, "w").write(json.dumps(result))
'''


def compare(native: dict, addon: dict) -> dict:
    """The figures of both sides, and lines that should be alike but are not."""
    before = {line[0]: line for line in native.pop("ordered")}
    after = {line[0]: line for line in addon.pop("ordered")}
    differing = [
        (before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
        and not any(
            line and (line[3] > 0 or line[4])
            for line in (before.get(code), after.get(code))
        )
    ]
    addon.pop("levels", None)
    checks = [
        addon[name] for name in ("scheduler", "to_max", "suggest") if name in addon
    ]
    result = {
        "native_s": native["s"],
        "addon_s": addon["s"],
        "native_queries": native["queries"],
        "addon_queries": addon["queries"],
        "lines_below_moq": sum(check["below_moq"] for check in checks),
        "lines_price_zero": sum(check["price_zero"] for check in checks),
        "off_multiple": sum(check["off_multiple"] for check in checks),
        "differing": len(differing),
    }
    for name in ("open", "horizon", "apply"):
        for unit in ("s", "wall_s", "queries"):
            if f"{name}_{unit}" in native:
                result[f"{name}_native_{unit}"] = native[f"{name}_{unit}"]
                ours = "apply_1000" if name == "apply" else f"{name}_addon"
                result[f"{ours}_{unit}"] = addon[f"{name}_{unit}"]
    result["open_all_s"] = addon.get("open_all_s")
    result["examples"] = differing[:3]
    result["native_lines"] = {
        name: native[name]
        for name in ("scheduler", "to_max", "suggest")
        if name in native
    }
    result["addon_lines"] = {
        name: addon[name]
        for name in ("scheduler", "to_max", "suggest")
        if name in addon
    }
    for side, found in (("native", native), ("addon", addon)):
        result[f"{side}_steps"] = found["steps"]
        result[f"{side}_wall_s"] = found["wall_s"]
        result[f"{side}_with_postgresql_s"] = found["cpu_s"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=int, default=20_000, metavar="N")
    parser.add_argument("--to-order", type=int, default=4_000, metavar="N")
    parser.add_argument("--moves", type=int, default=1_000_000, metavar="M")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    odoo = Odoo(postgres.server("test", durable=False))
    names = {
        side: f"jxc_bench_order_{side}_{os.getpid()}" for side in ("native", "addon")
    }
    values = (
        f"rules, to_order, moves = {options.rules}, {options.to_order}, "
        f"{options.moves}\n"
    )
    results = {}
    odoo.build(names["native"], [])
    try:
        odoo.script(names["native"], values + GENERATE, "Writing rules and moves")
        with console.step("Vacuum"):
            odoo.server.execute("VACUUM (ANALYZE)", database=names["native"])
        odoo.duplicate(names["native"], names["addon"])
        odoo.install(names["addon"], ["jxc_optimizer"], "Installing jxc_optimizer")
        odoo.script(names["addon"], NIGHT, "The night run")
        with console.step("Vacuum"):
            odoo.server.execute("VACUUM (ANALYZE)", database=names["addon"])
        levels = []
        for side, database in reversed(names.items()):
            answer = cache.path("logs", f"{database}.json")
            code = f"{values}answer, levels = {str(answer)!r}, {levels!r}\n{MEASURE}"
            odoo.script(database, code, f"Measuring: {side}")
            results[side] = json.loads(answer.read_text())
            # plain Odoo writes what was suggested
            levels = results[side].get("levels")
    finally:
        for database in names.values():
            odoo.forget(database)
    result = compare(results["native"], results["addon"])
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
