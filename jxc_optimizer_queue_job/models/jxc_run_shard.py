import logging

from psycopg2 import OperationalError

from odoo import models

from odoo.addons.jxc_optimizer.models.jxc_lock import replenishment_lock
from odoo.addons.jxc_optimizer.models.jxc_planner import Stopwatch
from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)

#: seconds until a job that found Odoo's scheduler at work tries again
LATER = 10


class JxcRunShard(models.Model):
    _inherit = "jxc.run.shard"

    def _enqueue(self):
        """A job for the shard's next step, unless there is one."""
        self.ensure_one()
        self.with_delay(
            description=f"{self.run_id.display_name}, {self.first_product_id}",
            identity_key=f"jxc.run.shard-{self.id}-{self.state}",
        )._work_off(self.state)

    def _work_off(self, state):
        """The job: what the shard needs in this state.

        Does nothing when that is done already, or the run has ended.
        """
        self.ensure_one()
        run = self.run_id.with_company(self.company_id)
        if self.state != state or self not in run._due_shards():
            return
        # Together with other jobs, but not with Odoo's scheduler.
        with replenishment_lock(self.env.cr, wait=False, shared=True) as held:
            if not held:
                raise RetryableJobError(
                    "Rules are being updated", seconds=LATER, ignore_retry=True
                )
            # Fails, and is tried again, if the step was done since this job began.
            if not self.try_lock_for_update(allow_referencing=True):
                raise RetryableJobError(
                    "The part is at work", seconds=LATER, ignore_retry=True
                )
            self._try_step(run)
        self._go_on()

    def _try_step(self, run):
        try:
            with self.env.cr.savepoint():
                self._do_step(Stopwatch(self.env.cr))
        except OperationalError:
            raise  # somebody changed the same rows: queue_job tries again
        except Exception as error:  # pylint: disable=broad-except
            # The run's log must tell; the other parts find that it has ended.
            run._fail(error)

    def _go_on(self):
        """The shard's next step, or, after the last of all, that of the run."""
        if self in self.run_id._due_shards():
            self._enqueue()
            return
        run_id, registry = self.run_id.id, self.env.registry

        def call_run():
            # Only now is it certain what the other jobs have done.
            with registry.cursor() as cr:
                env = self.env(cr=cr)
                if not env["jxc.run"].browse(run_id)._due_shards():
                    env.ref("jxc_optimizer.ir_cron_recompute")._trigger()

        self.env.cr.postcommit.add(call_run)
