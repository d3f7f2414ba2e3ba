"""The units of work of a run: what each phase does, and to which shard."""

from __future__ import annotations

from datetime import date
from time import sleep

import numpy as np
from psycopg2 import OperationalError

from odoo import fields, models
from odoo.tools import SQL

from ..engine.booking import Pool
from .jxc_among import between, every
from .jxc_lock import APPLY_AT_ONCE
from .jxc_planner import MOST_ID, Stopwatch, add_times

#: products per shard: a second of work, and less in which its rules are locked
SHARD_PRODUCTS = 2_500
#: days for which it holds how early demand is booked in a place
KEEP_DAYS = 7
POOL = ("group", "share", "typical")
#: seconds between two looks at what others still work on
PAUSE = 0.05
#: state of a run -> states of the shards it waits for
DUE = {
    "counting": ("uncounted",),
    "comparing": ("new",),
    "reading": ("waiting",),
    "publishing": ("read", "published"),
}


class JxcRun(models.Model):
    _inherit = "jxc.run"

    usual_bookings = fields.Json(
        readonly=True,
        help="How early demand is booked in each place, and since when that is known.",
    )

    def _do_unit(self, watch: Stopwatch) -> None:
        """The next unit of work: each can be repeated without harm."""
        run = self.with_company(self.company_id)
        if run._due_shards():
            if not run._do_part(watch):
                sleep(PAUSE)  # until those who have the last parts are done
            return
        {
            "waiting": run._prepare,
            "counting": run._end_counting,
            "comparing": run._end_comparing,
            "reading": run._begin_settling,
            "settling": run._settle,
            "publishing": run._finish,
        }[run.state](watch)
        run.own_timings = add_times(run.own_timings or {}, watch.steps)

    def _do_part(self, watch: Stopwatch) -> bool:
        """The next step of a shard that nobody else works on.

        :returns: whether there was one
        """
        run = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                shard = run._due_shards()._claim_one()
        except OperationalError:
            return True  # somebody has just done it, which the next transaction sees
        if shard:
            shard._do_step(watch)
        return bool(shard)

    def _due_shards(self):
        """Shards that have work to do before the run goes on."""
        states = DUE.get(self.state, ())
        return self.shard_ids.filtered(lambda shard: shard.state in states)

    def _do_shard(self, shard, watch: Stopwatch) -> None:
        """The next step of a shard; shards do not need each other."""
        {
            "uncounted": self._count_shard,
            "new": self._compare_shard,
            "waiting": self._read_shard,
            "read": self._publish_shard,
            "published": self._project_shard,
        }[shard.state](shard, watch)

    def _prepare(self, watch: Stopwatch) -> None:
        self.started_at = fields.Datetime.now()
        shares = self.env["jxc.demand.day"]._shares(self.company_id)
        if not shares:
            self._bring_up_to_date(watch)
            return
        self.env["jxc.run.shard"].create(
            [
                {
                    "run_id": self.id,
                    "state": "uncounted",
                    "share": share,
                    "first_product_id": 0,
                    "last_product_id": MOST_ID,
                }
                for share in shares
            ]
        )
        self.state = "counting"
        self._call_help()

    def _count_shard(self, shard, watch: Stopwatch) -> None:
        with watch.step("refresh demand"):
            counted = self.env["jxc.demand.day"]._count_share(
                self.company_id, shard.share
            )
        if counted:
            shard.write({"state": "counted", "share": counted})
        else:
            sleep(PAUSE)  # until somebody else has counted

    def _end_counting(self, watch: Stopwatch) -> None:
        with watch.step("refresh demand"):
            shares = self.shard_ids.mapped("share")
            self.env["jxc.demand.day"]._end_shares(self.company_id, shares)
        self._bring_up_to_date(watch)

    def _bring_up_to_date(self, watch: Stopwatch) -> None:
        with watch.step("refresh demand"):
            self.env["jxc.demand.day"]._refresh(self.company_id)
            self.env["jxc.demand.event"]._measure(self.company_id, self.date)
            self.env["jxc.demand.event"]._restate_ahead(self.company_id, self.date)
        with watch.step("stock"):
            self.env["jxc.policy"]._follow_stock(self.company_id)
        with watch.step("compare inputs"):
            self._begin_comparing()

    def _begin_settling(self, _watch: Stopwatch) -> None:
        self.state = "settling"

    def _compare_shard(self, shard, watch: Stopwatch) -> None:
        with watch.step("compare inputs"):
            shard._find_inputs()
        shard.state = "compared"

    def _read_shard(self, shard, watch: Stopwatch) -> None:
        with watch.step("compare inputs"):
            shard._find_inputs()
        payload = self.env["jxc.planner"]._read(
            self.company_id,
            shard.first_product_id,
            shard.last_product_id,
            self.date,
            watch,
            own_weeks=True,
            only=shard._products(),
        )
        with watch.step("bookings"):
            if shard.days_from:
                shard._keep_booked(self._read_booked(shard))
        with watch.step("propose one-offs"):
            # sudo: a run proposes, whoever starts it
            self.env["jxc.demand.one.off"].sudo()._propose(self.company_id, payload)
        shard._store(payload)
        shard.write({"state": "read", "series": len(payload["product_id"])})

    def _settle(self, watch: Stopwatch) -> None:
        """What needs all articles: lead times of vendors, classes, the target."""
        planner, company = self.env["jxc.planner"], self.company_id
        last = self._last_done(company)
        self.abc_basis = planner._abc_basis(company)
        shards = self.shard_ids.filtered(lambda shard: shard.state == "read")
        loaded = [shard._load() for shard in shards]
        payloads = [dict(arrays) for arrays in loaded]
        before = planner._policies_before(company)
        read = [product for shard in shards for product in shard._products()]
        others = before[~np.isin(before["product_id"], read)]
        kept = [
            np.isin(payload["product_id"], shard.kept or [])
            for shard, payload in zip(shards, payloads, strict=True)
        ]
        with watch.step("lead times"):
            planner._measure_vendors(company, payloads, self.date)
        with watch.step("bookings"):
            self._measure_bookings(payloads, shards._load_booked(), last)
        with watch.step("closed days"):
            for payload, mine in zip(payloads, kept, strict=True):
                planner._keep_measured(payload, before, mine)
            planner._lengthen(company, payloads, self.date)
        with watch.step("classes"):
            planner._classify(
                company,
                payloads,
                before,
                kept=np.concatenate([*kept, np.zeros(0, bool)]),
                anew=last.abc_basis != self.abc_basis,
            )
            for shard, payload, known in zip(shards, payloads, loaded, strict=True):
                shard._keep_settled(payload, known)
        with watch.step("settle"):
            if not self.target and self._set_target(payloads, shards, others, last):
                return
        target = self.target
        self.env["jxc.season"]._publish(company, target.get("season"))
        self.write(
            {
                "state": "publishing",
                "exceptions_at": fields.Datetime.now(),
                "series": sum(map(len, kept)) + len(others),
                "method": planner._main_method(target),
            }
        )
        self._call_help()

    def _set_target(self, payloads: list[dict], shards, others, last) -> bool:
        """Set the target of this run.

        :returns: whether it makes more articles due, which are now to be read
        """
        planner = self.env["jxc.planner"]
        self.target = planner._target(
            self.company_id,
            payloads,
            lambda: (shard._load_demand() for shard in shards),
            last.target or {},
            others,
            self.date,
        )
        if self.whole or not last.target:
            return False
        if self.env["jxc.policy.input"]._plan_alike(self.target, last.target):
            return False
        inputs, company = self.env["jxc.policy.input"], self.company_id
        products = inputs._read_products(company)
        self._cut(inputs._read_digests(company, self.date, products))
        self.state = "reading"
        self._call_help()
        return True

    def _known_bookings(self, last) -> dict | None:
        """What is usual in each place, which holds for a week."""
        known = last.usual_bookings
        age = known and (self.date - date.fromisoformat(known["since"])).days
        return known if known and 0 <= age < KEEP_DAYS else None

    def _read_booked(self, shard) -> dict[str, np.ndarray]:
        """Deliveries of the part's days: of the articles that are read, or of all."""
        chosen = every
        if self._known_bookings(self._last_done(self.company_id)):

            def chosen(product: SQL) -> SQL:
                # + 0: not by an index of products, which knows moves of many years
                return SQL(
                    """%s + 0 IN (SELECT jsonb_object_keys(inputs)::int4
                                    FROM jxc_run_shard
                                   WHERE run_id = %s AND state IN ('waiting', 'read'))
                    """,
                    product,
                    self.id,
                )

        return self.env["jxc.planner"]._read_booked(
            self.company_id, shard.days_from, shard.days_until, chosen
        )

    def _measure_bookings(self, payloads: list[dict], booked: list[dict], last) -> None:
        """How early the demand of the articles read is booked."""
        known, usual = self._known_bookings(last), None
        if known:
            usual = Pool(*(np.array(known[name]) for name in POOL))
        else:
            known = {"since": self.date.isoformat()}
        usual = self.env["jxc.planner"]._measure_bookings(
            self.company_id, payloads, booked, usual
        )
        if usual:
            self.usual_bookings = known | {
                name: getattr(usual, name).tolist() for name in POOL
            }

    def _publish_shard(self, shard, watch: Stopwatch) -> None:
        planner, chosen = self.env["jxc.planner"], shard._chosen()
        with watch.step("plan"):
            payload = shard._load_settled()
            plan = planner._plan(self.company_id, payload, self.target)
        with watch.step("write policies"):
            policies = self.env["jxc.policy"]._write_changes(
                self.company_id, self, chosen, plan
            )
        with watch.step("write history"):
            self.env["jxc.policy.history"]._record(self.company_id, chosen, self.date)
        with watch.step("write rules"):
            rules = planner._publish_rules(self.company_id, chosen, plan)
        with watch.step("note inputs"):
            self._note_inputs(shard, {**payload, **plan})
        shard._forget()
        shard.write(
            {
                "state": "published",
                "policies_changed": policies,
                "rules_changed": rules,
            }
        )

    def _project_shard(self, shard, watch: Stopwatch) -> None:
        """Apply what may be applied automatically; new rules are still to be projected.

        Others are, with what they were suggested: applying that changes nothing for
        today.
        """
        chosen = shard._chosen("rule")
        with watch.step("apply"):
            applied = self._apply_automatically(chosen)
            shard.rules_applied += applied
            if applied >= APPLY_AT_ONCE:
                return  # and the rest in the next unit: nobody is to wait for all
        with watch.step("project"):
            today = self._today(self.company_id)
            new = SQL("%s AND rule.jxc_projected_on IS DISTINCT FROM %s", chosen, today)
            self.env["jxc.projection"]._refresh(self.company_id, new)
        with watch.step("exceptions"):
            # those of the part's articles, and of others whose policies stay
            if shard.watched_until:
                self.env["jxc.exception"]._refresh(
                    self.company_id,
                    lambda product: between(
                        shard.watched_from, shard.watched_until, column=product
                    ),
                )
        shard.state = "done"
