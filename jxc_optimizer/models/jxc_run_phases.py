"""The units of work of a run: what each phase does, and to which shard."""

from __future__ import annotations

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .jxc_lock import APPLY_AT_ONCE
from .jxc_planner import Stopwatch

#: products per shard: a second of work, and less in which its rules are locked
SHARD_PRODUCTS = 2_500
#: state of a run -> states of the shards it waits for
DUE = {"reading": ("waiting",), "publishing": ("read", "published")}


class JxcRun(models.Model):
    _inherit = "jxc.run"

    def _do_unit(self, watch: Stopwatch) -> None:
        """The next unit of work: each can be repeated without harm."""
        run = self.with_company(self.company_id)
        due = run._due_shards()
        if due:
            run._do_shard(due[0], watch)
        elif run.state == "waiting":
            run._prepare(watch)
        elif run.state == "reading":
            run.state = "settling"
        elif run.state == "settling":
            run._settle(watch)
        elif run.state == "publishing":
            run._finish()

    def _due_shards(self):
        """Shards that have work to do before the run goes on."""
        states = DUE.get(self.state, ())
        return self.shard_ids.filtered(lambda shard: shard.state in states)

    def _do_shard(self, shard, watch: Stopwatch) -> None:
        """The next step of a shard; shards do not need each other."""
        {
            "waiting": self._read_shard,
            "read": self._publish_shard,
            "published": self._project_shard,
        }[shard.state](shard, watch)

    def _prepare(self, watch: Stopwatch) -> None:
        with watch.step("refresh demand"):
            self.env["jxc.demand.day"]._refresh(self.company_id)
            self.env["jxc.demand.event"]._measure(self.company_id, self.date)
            self.env["jxc.demand.event"]._restate_ahead(self.company_id, self.date)
        with watch.step("compare inputs"):
            if self._take_over():
                return
        ranges = self.env["jxc.planner"]._product_ranges(
            self.company_id, SHARD_PRODUCTS
        )
        self.shard_ids.unlink()
        self.env["jxc.run.shard"].create(
            [
                {"run_id": self.id, "first_product_id": first, "last_product_id": last}
                for first, last in ranges
            ]
        )
        self.write({"state": "reading", "started_at": fields.Datetime.now()})

    def _read_shard(self, shard, watch: Stopwatch) -> None:
        payload = self.env["jxc.planner"]._read(
            self.company_id, *shard._products(), self.date, watch
        )
        with watch.step("propose one-offs"):
            # sudo: a run proposes, whoever starts it
            self.env["jxc.demand.one.off"].sudo()._propose(
                self.company_id, payload, self.date - timedelta(days=1)
            )
        shard._store(payload)
        shard.write({"state": "read", "series": len(payload["product_id"])})

    def _settle(self, watch: Stopwatch) -> None:
        """What needs all articles: lead times of vendors, classes, the target."""
        planner, company = self.env["jxc.planner"], self.company_id
        last = self.search(
            [("company_id", "=", company.id), ("state", "=", "done")], limit=1
        )
        self.abc_basis = planner._abc_basis(company)
        with watch.step("lead times"):
            payloads = [shard._load() for shard in self.shard_ids]
            planner._measure(company, payloads, self.date)
        with watch.step("bookings"):
            planner._measure_bookings(company, payloads, self.date)
        with watch.step("classes"):
            planner._classify(
                company, payloads, self.date, anew=last.abc_basis != self.abc_basis
            )
            for shard, payload in zip(self.shard_ids, payloads, strict=True):
                shard._store(payload)
        with watch.step("settle"):
            demands = (shard._load_demand() for shard in self.shard_ids)
            target = planner._settle(company, payloads, demands, last.target, self.date)
        self.env["jxc.season"]._publish(company, target.get("season"))
        self.write(
            {
                "state": "publishing",
                "series": sum(len(payload["product_id"]) for payload in payloads),
                "method": planner._main_method(target),
                "target": target,
            }
        )

    def _publish_shard(self, shard, watch: Stopwatch) -> None:
        planner = self.env["jxc.planner"]
        with watch.step("plan"):
            payload = {**shard._load(), "demand": shard._load_demand()}
            plan = planner._plan(self.company_id, payload, self.target)
        with watch.step("write policies"):
            policies = self.env["jxc.policy"]._write_changes(
                self.company_id, self, shard._products(), plan
            )
        with watch.step("write history"):
            self.env["jxc.policy.history"]._record(
                self.company_id, shard._products(), self.date
            )
        with watch.step("write rules"):
            rules = planner._publish_rules(self.company_id, shard._products(), plan)
        shard._forget()
        shard.write(
            {
                "state": "published",
                "policies_changed": policies,
                "rules_changed": rules,
            }
        )

    def _project_shard(self, shard, watch: Stopwatch) -> None:
        """Apply what may be applied automatically, then say what today needs."""
        chosen = SQL("rule.product_id BETWEEN %s AND %s", *shard._products())
        with watch.step("apply"):
            applied = self._apply_automatically(chosen)
            shard.rules_applied += applied
            if applied >= APPLY_AT_ONCE:
                return  # and the rest in the next unit: nobody is to wait for all
        with watch.step("project"):
            self.env["jxc.projection"]._refresh(self.company_id, chosen)
        shard.state = "done"
