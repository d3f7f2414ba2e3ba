from __future__ import annotations

from markupsafe import Markup

from odoo import api, fields, models


class JxcAlertDigest(models.Model):
    """The alerts of a planner in a warehouse: what one activity tells of.

    The activity is updated while there are alerts and closed when all are cured.
    """

    _name = "jxc.alert.digest"
    _description = "Stock Alerts of a Planner"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "warehouse_id"

    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Planner", required=True, readonly=True, ondelete="cascade"
    )
    alert_ids = fields.One2many(
        "jxc.alert", compute="_compute_alert_ids", string="Alerts"
    )
    mailed_on = fields.Date("Last E-Mail", readonly=True)

    _one = models.UniqueIndex("(warehouse_id, user_id)")

    @api.depends("warehouse_id", "user_id")
    def _compute_display_name(self):
        for digest in self:
            digest.display_name = self.env._(
                "Stock alerts: %s", digest.warehouse_id.name
            )

    def _compute_alert_ids(self):
        found = self.env["jxc.alert"].search(
            [
                ("warehouse_id", "in", self.warehouse_id.ids),
                ("user_id", "in", self.user_id.ids),
            ]
        )
        for digest in self:
            digest.alert_ids = found.filtered(
                lambda alert, digest=digest: (
                    alert.warehouse_id == digest.warehouse_id
                    and alert.user_id == digest.user_id
                )
            )

    @api.model
    def _refresh(self, company) -> None:
        """One activity per planner and warehouse, as the alerts are now."""
        counted = {}
        for warehouse, user, kind, count in self.env["jxc.alert"]._read_group(
            [("company_id", "=", company.id), ("user_id", "!=", False)],
            ["warehouse_id", "user_id", "kind"],
            ["__count"],
        ):
            counted.setdefault((warehouse, user), {})[kind] = count
        digests = {
            (digest.warehouse_id, digest.user_id): digest
            for digest in self.search([("company_id", "=", company.id)])
        }
        missing = [key for key in counted if key not in digests]
        created = self.create(
            [
                {"warehouse_id": warehouse.id, "user_id": user.id}
                for warehouse, user in missing
            ]
        )
        digests |= dict(zip(missing, created, strict=True))
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", [digest.id for digest in digests.values()]),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("jxc_optimizer.activity_stock_alert").id,
                ),
            ]
        )
        by_digest = activities.grouped("res_id")
        for key, digest in digests.items():
            digest._tell(
                counted.get(key), by_digest.get(digest.id, activities.browse())
            )

    def _tell(self, counts: dict | None, activity) -> None:
        """Open, update or close the activity of a digest."""
        self.ensure_one()
        if not counts:
            activity.unlink()
            return
        translated = self.with_context(lang=self.user_id.lang)
        note = translated._note(counts)
        if activity:
            if activity[0].note != note:
                activity[0].note = note
            activity[1:].unlink()
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "jxc_optimizer.activity_stock_alert",
            summary=translated.display_name,
            note=note,
            user_id=self.user_id.id,
        )

    def _note(self, counts: dict) -> Markup:
        kinds = self.env["jxc.alert"]._fields["kind"]._description_selection(self.env)
        return Markup("<ul>%s</ul>") % Markup("").join(
            Markup("<li>%s: %s</li>") % (label, counts[kind])
            for kind, label in kinds
            if counts.get(kind)
        )

    def action_open_alerts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_alert"
        )
        return action | {
            "domain": [
                ("warehouse_id", "=", self.warehouse_id.id),
                ("user_id", "=", self.user_id.id),
            ]
        }

    # -- e-mail --------------------------------------------------------------------

    def _send(self, today) -> None:
        """Mail each digest once a day, where there are alerts."""
        mails = self.env["mail.mail"]
        for digest in self.filtered(
            lambda digest: digest.mailed_on != today and digest.user_id.email
        ):
            translated = digest.with_context(lang=digest.user_id.lang)
            if not translated.alert_ids:
                continue
            body = self.env["ir.qweb"]._render(
                "jxc_optimizer.alert_digest_mail",
                {
                    "digest": translated,
                    "alerts": translated.alert_ids[:50],
                    "more": max(len(translated.alert_ids) - 50, 0),
                },
                lang=digest.user_id.lang,
            )
            mails |= mails.create(
                {
                    "subject": translated.display_name,
                    "body_html": body,
                    "email_to": digest.user_id.email_formatted,
                    "email_from": digest.company_id.email_formatted
                    or self.env.user.email_formatted,
                    "auto_delete": True,
                }
            )
            digest.mailed_on = today

    @api.model
    def _cron_refresh(self):
        """Alerts, activities and e-mails of all companies, one transaction each."""
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for done, company in enumerate(companies, 1):
            self.env["jxc.alert"]._refresh(company)
            self._refresh(company)
            if company.jxc_alert_email:
                self.search([("company_id", "=", company.id)])._send(
                    self.env["jxc.demand.day"]._today(company)
                )
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)
