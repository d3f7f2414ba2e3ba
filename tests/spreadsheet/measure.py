"""Time and memory of reading large files (not a test).

Run twice in this folder: ``PYTHONPATH=../../jxc_optimizer python measure.py``.

Prints JSON with the seconds of each step and the peak of memory; the files have
200,000 rows × 8 columns (.xlsx) and 65,536 rows × 8 columns (.xls).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import writers
from spreadsheet import Options, build, load, open_workbook, propose

HEADER = ["单据日期", "单据号", "商品编码", "品名", "单位", "数量", "单价", "仓库"]


def rows(count: int) -> list[list]:
    start = datetime(2022, 1, 1)
    return [HEADER] + [
        [
            start + timedelta(days=i // 300),
            f"XS{i // 5:07}",
            f"A{i * 7919 % 9973:05}",
            f"商品 {i * 7919 % 9973}",
            "件",
            i % 17 + 1,
            i % 991 / 10,
            f"仓库{i % 3}",
        ]
        for i in range(count - 1)
    ]


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def read(data: bytes) -> dict:
    clock = [time.perf_counter()]
    grids = load(open_workbook(data))
    clock.append(time.perf_counter())
    proposals = propose(grids)
    clock.append(time.perf_counter())
    table = build([item.part for item in proposals if item.use], Options())
    clock.append(time.perf_counter())
    steps = [round(b - a, 2) for a, b in zip(clock, clock[1:], strict=False)]
    return {
        "load_s": steps[0],
        "propose_s": steps[1],
        "build_s": steps[2],
        "rows": len(table),
        "valid": int(table.valid.sum()),
        "peak_mb": peak(),
    }


def through_openpyxl(data: bytes) -> float:
    start = time.perf_counter()
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    for sheet in book:
        for _ in sheet.iter_rows(values_only=True):
            pass
    return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir())
    files = folder / "measure.xlsx", folder / "measure.xls"
    if not all(file.exists() for file in files):
        files[0].write_bytes(writers.xlsx({"销售": rows(200_000)}))
        files[1].write_bytes(writers.xls({"销售": rows(65_536)}))
        print("files written; run again to measure", file=sys.stderr)
        sys.exit()
    result = {file.suffix[1:]: read(file.read_bytes()) for file in files}
    result["openpyxl_read_only_s"] = through_openpyxl(files[0].read_bytes())
    print(json.dumps(result, indent=1))
