"""Demand and policies for statisticians: UTF-8 csv and SPSS syntax that reads it."""

from __future__ import annotations

import io
import zipfile

from odoo import models
from odoo.tools import SQL


def _(text: str) -> str:
    """Marks a label for translation; the syntax is written in the user's language."""
    return text


#: column -> SPSS format
DEMAND = {
    "product": "F10.0",
    "code": "A64",
    "name": "A200",
    "warehouse": "A16",
    "day": "SDATE10",
    "quantity": "F16.4",
    "lines": "F8.0",
    "largest": "F16.4",
    "returned": "F16.4",
    "source": "A16",
}
POLICY = {
    "product": "F10.0",
    "code": "A64",
    "warehouse": "A16",
    "abc_class": "A1",
    "xyz_class": "A1",
    "pattern": "A16",
    "confidence": "A1",
    "history_weeks": "F8.0",
    "demand_per_day": "F16.4",
    "demand_sd": "F16.4",
    "unit_cost": "F16.4",
    "lead_days": "F8.1",
    "lead_days_sd": "F8.1",
    "eoq": "F16.2",
    "order_qty": "F16.2",
    "safety_stock": "F16.2",
    "reorder_point": "F16.2",
    "order_up_to": "F16.2",
    "on_hand": "F16.2",
}
LABELS = {
    "product": _("Article (number)"),
    "code": _("Article code"),
    "name": _("Article name"),
    "warehouse": _("Warehouse"),
    "day": _("Day"),
    "quantity": _("Demand, returns taken off"),
    "lines": _("Order lines"),
    "largest": _("Largest order line"),
    "returned": _("Returned"),
    "source": _("Source"),
    "abc_class": _("ABC class"),
    "xyz_class": _("XYZ class"),
    "pattern": _("Demand pattern"),
    "confidence": _("Confidence"),
    "history_weeks": _("Weeks of history"),
    "demand_per_day": _("Demand per day"),
    "demand_sd": _("Deviation of a day"),
    "unit_cost": _("Unit cost"),
    "lead_days": _("Lead time in days"),
    "lead_days_sd": _("Deviation of the lead time"),
    "eoq": _("Economic order quantity"),
    "order_qty": _("Order lot"),
    "safety_stock": _("Safety stock"),
    "reorder_point": _("Reorder point"),
    "order_up_to": _("Order-up-to level"),
    "on_hand": _("On hand"),
}
#: values of a column that SPSS shall show by a label: column -> (model, field)
CODED = {
    "source": ("jxc.demand.day", "source"),
    "pattern": ("jxc.policy", "pattern"),
    "confidence": ("jxc.policy", "confidence"),
}


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    def action_export(self):
        """The selected policies as an .xlsx."""
        return self.env["jxc.export"]._export(
            self,
            {
                "product_id": "text",
                "categ_id": "text",
                "warehouse_id": "text",
                "vendor_id": "text",
                "exception": "text",
                "matrix_class": "text",
                "pattern": "text",
                "confidence": "text",
                "history_weeks": "number",
                "consumption_qty": "number",
                "consumption_value": "money",
                "demand_per_day": "number",
                "unit_cost": "money",
                "lead_days": "number",
                "lead_days_sd": "number",
                "eoq": "number",
                "order_qty": "number",
                "safety_stock": "number",
                "booked_demand": "number",
                "reorder_point": "number",
                "order_up_to": "number",
                "suggested_min": "number",
                "suggested_max": "number",
                "on_hand": "number",
                "cover_days": "number",
            },
        )

    def action_export_statistics(self):
        """Demand and policies of the selection as csv with SPSS syntax, zipped."""
        self.check_access("read")
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("demand.csv", self._copy_csv(self._demand_rows()))
            archive.writestr("policy.csv", self._copy_csv(self._policy_rows()))
            archive.writestr("read.sps", self._spss_syntax())
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Demand and policies for statistics.zip"),
                "raw": file.getvalue(),
                "mimetype": "application/zip",
                "res_model": "jxc.export",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _copy_csv(self, query: SQL) -> bytes:
        """Rows of a query as csv with a header."""
        self.env.flush_all()
        cr = self.env.cr
        statement = cr._obj.mogrify(query.code, query.params).decode()
        file = io.BytesIO()
        cr._obj.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)", file)
        return file.getvalue()

    def _names(self) -> SQL:
        """Article and warehouse of the selected policies."""
        return SQL(
            """jxc_policy policy
               JOIN product_product product ON product.id = policy.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN stock_warehouse warehouse ON warehouse.id = policy.warehouse_id"""
        )

    def _demand_rows(self) -> SQL:
        return SQL(
            """SELECT product.id AS product, product.default_code AS code,
                      COALESCE(template.name->>%s, template.name->>'en_US') AS name,
                      warehouse.code AS warehouse,
                      to_char(day.day, 'YYYY/MM/DD') AS day,
                      round(day.quantity::numeric, 4) AS quantity, day.lines,
                      round(day.largest::numeric, 4) AS largest,
                      round(day.returned::numeric, 4) AS returned, day.source
                 FROM %s
                 JOIN jxc_demand_day day ON day.product_id = policy.product_id
                  AND day.location_id = policy.location_id
                WHERE policy.id = ANY(%s)
                ORDER BY product.id, warehouse.id, day.day""",
            self.env.lang or "en_US",
            self._names(),
            self.ids,
        )

    def _policy_rows(self) -> SQL:
        own = [name for name in POLICY if name in self._fields]
        return SQL(
            """SELECT product.id AS product, product.default_code AS code,
                      warehouse.code AS warehouse, %s
                 FROM %s WHERE policy.id = ANY(%s)
                ORDER BY product.id, warehouse.id""",
            SQL(", ").join(SQL.identifier("policy", name) for name in own),
            self._names(),
            self.ids,
        )

    def _spss_syntax(self) -> bytes:
        """Reads both files, sets types and labels, and saves them as .sav."""
        parts = ["SET DECIMAL DOT."]
        for name, columns in (("demand", DEMAND), ("policy", POLICY)):
            variables = "\n".join(f"  {key} {kind}" for key, kind in columns.items())
            labels = "\n".join(
                f"  {key} {_quoted(self.env._(LABELS[key]))}" for key in columns
            )
            parts.append(
                f"GET DATA /TYPE=TXT /FILE='{name}.csv' /ENCODING='UTF8'\n"
                "  /ARRANGEMENT=DELIMITED /DELCASE=LINE /FIRSTCASE=2\n"
                "  /DELIMITERS=',' /QUALIFIER='\"'\n"
                f"  /VARIABLES=\n{variables}.\n"
                f"VARIABLE LABELS\n{labels}.\n"
                f"{self._value_labels(columns)}"
                f"SAVE OUTFILE='{name}.sav'."
            )
        return ("\n\n".join(parts) + "\n").encode()

    def _value_labels(self, columns) -> str:
        lines = []
        for key in columns:
            if key in CODED:
                model, field = CODED[key]
                choices = (
                    self.env[model]._fields[field]._description_selection(self.env)
                )
                lines.append(f"VALUE LABELS {key}")
                lines += [f"  {_quoted(v)} {_quoted(t)}" for v, t in choices]
                lines[-1] += "."
        return "\n".join(lines) + "\n" if lines else ""


def _quoted(text: str) -> str:
    """A string of SPSS; its labels hold 120 bytes at least."""
    return "'" + text.replace("'", "''") + "'"
