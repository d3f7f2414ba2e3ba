"""What the benchmark of Replenishment measures; run in Odoo's shell on each side.

``answer`` is the file for the figures, ``levels`` what the add-on suggested.
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
