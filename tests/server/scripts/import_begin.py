# Articles, and two checked files of different people that wait to be imported.
import base64
import csv
import io
from datetime import date, timedelta

from odoo.fields import Command

products = env["product.product"].create(
    [
        {"name": f"Article {n}", "default_code": f"A{n}", "is_storable": True}
        for n in range(40)
    ]
)
for number in range(2):
    user = env["res.users"].create(
        {
            "name": f"Planner {number}",
            "login": f"planner{number}",
            "group_ids": [Command.link(env.ref("jxc_optimizer.group_planner").id)],
        }
    )
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["Date", "Document", "Item code", "Quantity"])
    for line in range(2000):
        day = date(2024, 1, 1) + timedelta(days=line % 200)
        rows.writerow([day, f"D{number}-{line}", f"A{line % 40}", 1 + line % 7])
    record = (
        env["jxc.import"]
        .with_user(user)
        .create(
            {
                "name": f"sales{number}.csv",
                "file": base64.b64encode(file.getvalue().encode()),
            }
        )
    )
    record.action_read()
    record.action_check()
    assert record.taken_count == 2000, (record.state, record.message, record.counts)
    record._begin("importing", "check")
env.cr.commit()
