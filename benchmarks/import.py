"""Time and memory of importing large spreadsheets, from upload to counted demand.

    ./dev bench import [--json FILE]

A 200,000-row × 8-column .xlsx and a 65,536-row .xls are each read, checked and
imported by the scheduled action in a database with 9,973 articles. Keys of the JSON:
xlsx_200k_s, xls_65k_s (seconds of all units of work), longest_unit_s, peak_mb.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import xlwt

from devtools import cache, console, postgres
from devtools.odoo import Odoo

ARTICLES = 9_973
HEADER = ["单据日期", "单据号", "商品编码", "品名", "单位", "数量", "单价", "仓库"]

#: runs in Odoo's shell, with ``folder``, ``articles`` and ``answer`` set
SCRIPT = '''
import base64, json, resource, time
from unittest.mock import patch
env = env(context={**env.context, "tracking_disable": True})
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
warehouse.name = "总仓"
env["product.product"].create([
    {"name": f"商品 {n}", "default_code": f"A{n:05}", "is_storable": True}
    for n in range(articles)
])
env.cr.commit()
result, longest = {}, 0.0

class Watch:
    """Seconds of each unit of work, which the scheduled action commits."""
    def __init__(self):
        self.units, self.last = [], time.perf_counter()
    def progress(self, *_args, **_kwargs):
        env.cr.commit()
        now = time.perf_counter()
        self.units.append(now - self.last)
        self.last = now
        return 1000.0

for name, key in (("large.xlsx", "xlsx_200k_s"), ("large.xls", "xls_65k_s")):
    data = base64.b64encode(open(f"{folder}/{name}", "rb").read())
    record = env["jxc.import"].create({"name": name, "file": data})
    env.cr.commit()
    watch = Watch()
    with patch.object(type(env["ir.cron"]), "_commit_progress", watch.progress):
        record.action_read(); env.cr.commit(); env["jxc.import"]._cron_work()
        record.action_check(); env.cr.commit(); env["jxc.import"]._cron_work()
        assert not record.error_count, record.counts
        record.action_import(); env.cr.commit(); env["jxc.import"]._cron_work()
    assert record.state == "done", (record.state, record.message)
    result[key] = round(sum(watch.units), 2)
    result[key.replace("_s", "_units")] = [round(unit, 2) for unit in watch.units]
    result[key.replace("_s", "_rows")] = record.taken_count
    longest = max(longest, *watch.units)
result["longest_unit_s"] = round(longest, 2)
result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
open(answer, "w").write(json.dumps(result))
'''


def rows(count: int, series: str):
    """Sales of about two years; each row another line."""
    yield HEADER
    start = datetime(2022, 1, 1)
    for i in range(count - 1):
        article = i * 7919 % ARTICLES
        yield [
            start + timedelta(days=i // 300),
            f"{series}{i // 5:07}",
            f"A{article:05}",
            f"商品 {article}",
            "件",
            i % 17 + 1,
            i % 991 / 10,
            "总仓",
        ]


def write_xlsx(path: Path, count: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("销售")
    for row in rows(count, "XS"):
        sheet.append(row)
    book.save(path)


def write_xls(path: Path, count: int) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("销售")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(rows(count, "XT")):
        for c, value in enumerate(row):
            dated = isinstance(value, datetime)
            sheet.write(r, c, value, style) if dated else sheet.write(r, c, value)
        if not r % 1000:
            sheet.flush_row_data()
    file = io.BytesIO()
    book.save(file)
    path.write_bytes(file.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    odoo = Odoo(postgres.server("test", durable=False))
    database = f"jxc_bench_import_{os.getpid()}"
    odoo.build(database, ["jxc_optimizer"])
    try:
        with tempfile.TemporaryDirectory() as folder:
            with console.step("Writing the files"):
                write_xlsx(Path(folder, "large.xlsx"), 200_000)
                write_xls(Path(folder, "large.xls"), 65_536)
            answer = cache.path("logs", f"{database}.json")
            odoo.script(
                database,
                f"folder, articles, answer = {folder!r}, {ARTICLES}, {str(answer)!r}\n"
                + SCRIPT,
                "Importing",
            )
            result = json.loads(answer.read_text())
    finally:
        odoo.forget(database)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
