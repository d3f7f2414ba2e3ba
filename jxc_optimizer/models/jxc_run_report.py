from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class JxcRun(models.Model):
    """What a run tells about itself, in the user's language."""

    _inherit = "jxc.run"

    target_text = fields.Text("Replay", compute="_compute_target_text")
    timing_text = fields.Text("Seconds per Step", compute="_compute_timing_text")

    @api.depends("target")
    def _compute_target_text(self):
        """How the method was chosen, with the figures of the replay."""
        _ = self.env._
        reasons = {
            "chosen": _("The textbook is chosen in the settings."),
            "little_history": _(
                "Too little history to try out methods on it: fewer than 50 articles "
                "with 26 weeks. The textbook counts until then."
            ),
        }
        names = self._warehouse_names()
        for run in self:
            target = run.target or {}
            parts = [(_("Other warehouses"), target)] if target else []
            for number, own in target.get("own", {}).items():
                parts.append((names.get(int(number), number), own))
            places = {}
            for name, area in parts:
                text = self._area_text(area, target.get("settled_on")) or reasons.get(
                    area.get("reason")
                )
                if text:
                    places.setdefault(text, []).append(name)
            run.target_text = (
                "\n".join(
                    f"{', '.join(where)}: {text}" if len(parts) > 1 else text
                    for text, where in places.items()
                )
                or False
            )

    def _warehouse_names(self) -> dict[int, str]:
        """Names of the warehouses with a goal of their own."""
        numbers = {
            int(number) for run in self for number in (run.target or {}).get("own", {})
        }
        # sudo: the log of a run tells of all warehouses of its company
        found = self.env["stock.warehouse"].sudo().with_context(active_test=False)
        found = found.search([("id", "in", list(numbers))])
        return {warehouse.id: warehouse.name for warehouse in found}

    def _area_text(self, target: dict, settled_on: str | None) -> str:
        """How the method of articles with one goal was chosen."""
        _ = self.env._
        replay = target.get("replay")
        if not replay:
            return ""
        fill = {
            name: formatLang(self.env, 100 * value, digits=1)
            for name, value in replay["fill"].items()
        }
        lines = [
            _(
                "Set on a replay of %(series)s articles over the last %(weeks)s "
                "weeks, in which it delivers at once %(line)s %% of order lines, "
                "%(unit)s %% of units and %(value)s %% of value.",
                series=replay["series"],
                weeks=replay["weeks"],
                **fill,
            )
        ]
        since = target.get("since", settled_on)
        if since != settled_on:
            lines.append(
                _(
                    "In force since %s: one set anew would serve about alike.",
                    format_date(self.env, since),
                )
            )
        if replay["textbook_stock"] and target["method"] == "assortment":
            more = replay["textbook_stock"] / replay["unseen_stock"] - 1
            lines.append(
                _(
                    "Set on the weeks before and tried on those it did not know: "
                    "the textbook with one safety factor would have kept %s %% "
                    "more stock for the same service by this objective.",
                    formatLang(self.env, 100 * more, digits=1),
                )
                if more >= 0
                else _(
                    "Set on the weeks before and tried on those it did not know: "
                    "the textbook with one safety factor would have kept %s %% "
                    "less stock for the same service by this objective.",
                    formatLang(self.env, -100 * more, digits=1),
                )
            )
        if target["method"] == "one_factor":
            lines.append(
                _(
                    "The textbook with one safety factor for all articles needed "
                    "less stock in the weeks before, so it was chosen."
                )
            )
        groups = target.get("dial", {}).get("apart")
        if groups:
            lines.append(
                _(
                    "Articles of %s demand patterns get the other method: for them it "
                    "needed less in the weeks before.",
                    len(groups),
                )
            )
        return "\n".join(lines)

    @api.depends("timings")
    def _compute_timing_text(self):
        _ = self.env._
        names = {
            "refresh demand": _("Bring the day table up to date"),
            "stock": _("Follow the stock"),
            "compare inputs": _("Find what has changed"),
            "read demand": _("Read demand"),
            "read supply": _("Read costs, vendors and stock"),
            "statistics": _("Statistics"),
            "propose one-offs": _("Propose one-off orders"),
            "lead times": _("Lead times"),
            "bookings": _("Demand booked in advance"),
            "closed days": _("Closed days of vendors"),
            "classes": _("Classes"),
            "settle": _("Settle the target"),
            "plan": _("Plan"),
            "write policies": _("Write policies"),
            "write history": _("Write history"),
            "write rules": _("Write suggestions"),
            "note inputs": _("Note what policies were computed from"),
            "create rules": _("Create missing rules"),
            "apply": _("Apply automatically"),
            "project": _("Project the stock"),
            "exceptions": _("Write the exceptions of the week"),
        }
        for run in self:
            timings = run.timings
            run.timing_text = "\n".join(
                _(
                    "%(step)s: %(seconds)s s, %(statements)s SQL statements",
                    step=name,
                    seconds=f"{timings[step][0]:.1f}",
                    statements=timings[step][1],
                )
                for step, name in names.items()
                if step in timings
            )
