"""Suggestions applied in the background: lot by lot, stopped, gone on, undone."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import jxc_apply_job, stock_warehouse_orderpoint
from .common import OptimizerCase

RULES = 7
LOT = 3


@tagged("post_install", "-at_install")
class TestApplyJob(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["stock.warehouse.orderpoint"]
        for number in range(RULES):
            cls.rules |= cls._rule(cls._product(f"Many {number}"), 1, 2)
        # as a run would write them; none differs for the last one
        for number, rule in enumerate(cls.rules):
            rule.write(
                {
                    "jxc_note": "suggested",
                    "jxc_suggested_min": 10 + number if number < RULES - 1 else 1,
                    "jxc_suggested_max": 20 + number if number < RULES - 1 else 2,
                }
            )
        cls.rules._compute_jxc_has_change()
        cls.planner = cls._user("job_planner", "jxc_optimizer.group_planner")
        cls.buyer = cls._user("job_buyer", "jxc_optimizer.group_buyer")
        cls.startClassPatcher(patch.object(jxc_apply_job, "APPLY_AT_ONCE", LOT))

    def setUp(self):
        super().setUp()
        self.lots = 0
        # the next lot is left to another call of the scheduled action
        self.most = 99
        cron = self.env.registry["ir.cron"]

        def commit(_self, processed=0, *, remaining=None, deactivate=False):
            self.env.flush_all()
            self.lots += processed
            return 60.0 if self.lots < self.most else 0.0

        self.startPatcher(patch.object(cron, "_commit_progress", commit))

    def _job(self):
        action = self.rules.with_user(self.planner).action_jxc_apply_later()
        return self.env["jxc.apply.job"].browse(action["res_id"])

    def _work(self, most=99):
        self.most = self.lots + most
        self.env["jxc.apply.job"]._cron_work()

    def _levels(self):
        return [(rule.product_min_qty, rule.product_max_qty) for rule in self.rules]

    def test_all_of_it(self):
        job = self._job()
        self.assertEqual((job.state, job.total, job.progress), ("waiting", RULES, 0))
        self._work()
        self.assertEqual(self.lots, 3)
        self.assertEqual((job.state, job.applied, job.progress), ("done", 6, 100))
        self.assertEqual(job.left_alone, 1)
        self.assertEqual(
            self._levels(), [(10 + n, 20 + n) for n in range(RULES - 1)] + [(1, 2)]
        )
        # a log entry of each, in the name of who asked for it
        changes = job.change_ids
        self.assertEqual(changes.orderpoint_id, self.rules[:-1])
        self.assertEqual(changes.create_uid, self.planner)
        self.assertEqual(set(changes.mapped("automatic")), {False})
        changes.with_user(self.planner).action_revert()
        self.assertEqual(set(self._levels()), {(1, 2)})

    def test_interrupted_and_taken_up(self):
        """The scheduled action is stopped after a lot; the next one goes on."""
        job = self._job()
        self._work(most=1)
        self.assertEqual((job.state, job.position, job.applied), ("working", 3, 3))
        self._work()
        self.assertEqual((job.state, job.applied), ("done", 6))
        self.assertEqual(len(job.change_ids), 6)

    def test_cancelled_and_resumed(self):
        job = self._job()
        self._work(most=1)
        job.with_user(self.planner).action_cancel()
        self._work()
        self.assertEqual((job.state, job.applied), ("cancelled", 3))
        self.assertEqual(self._levels()[3:], [(1, 2)] * 4)
        job.with_user(self.planner).action_resume()
        self._work()
        self.assertEqual((job.state, job.applied), ("done", 6))
        self.assertEqual(len(job.change_ids), 6)

    def test_somebody_was_faster(self):
        """A lot that meets another change is tried again, whole."""
        job = self._job()
        apply_next = type(job)._apply_next
        calls = []

        def once(job):
            calls.append(job.position)
            if len(calls) == 2:
                raise SerializationFailure()
            return apply_next(job)

        rollback = patch.object(self.env.cr, "rollback", lambda: None)
        with patch.object(type(job), "_apply_next", once), rollback:
            self._work()
        self.assertEqual(calls, [0, 3, 3, 6])
        self.assertEqual((job.state, job.applied), ("done", 6))
        self.assertEqual(len(job.change_ids), 6)

    def test_changed_meanwhile(self):
        """Rules deleted, archived or applied by others since are left alone."""
        job = self._job()
        self.rules[0].action_jxc_apply()
        self.rules[1].active = False
        self.rules[2].sudo().unlink()
        self._work()
        self.assertEqual((job.state, job.applied, job.left_alone), ("done", 3, 4))

    def test_rights_lost(self):
        """Who may not apply any more has nothing applied in his name."""
        job = self._job()
        self._work(most=1)
        self.planner.group_ids -= self.env.ref("jxc_optimizer.group_planner")
        self._work()
        self.assertEqual((job.state, job.applied), ("failed", 3))
        self.assertTrue(job.error)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.rules.with_user(self.buyer).action_jxc_apply_later()
        job = self._job()
        with self.assertRaises(AccessError):
            job.with_user(self.buyer).action_cancel()
        with self.assertRaises(AccessError):
            job.with_user(self.planner).write({"rules": []})
        other = self._company("Elsewhere Ltd")
        stranger = self._user("job_other", "jxc_optimizer.group_planner", other)
        with self.assertRaises(AccessError):
            job.with_user(stranger).action_cancel()

    def test_many_go_to_the_background(self):
        """Apply on more than a user waits for starts a job by itself."""
        with patch.object(stock_warehouse_orderpoint, "AT_ONCE", 5):
            action = self.rules.with_user(self.planner).action_jxc_apply()
        self.assertEqual(action["res_model"], "jxc.apply.job")
        self.assertEqual(set(self._levels()), {(1, 2)})
