from odoo import models


class JxcRun(models.Model):
    _inherit = "jxc.run"

    def _hand_over(self):
        """The parts of a phase are jobs; what needs all articles is done by the run."""
        due = self._due_shards()
        for shard in due:
            shard._enqueue()
        return bool(due) or super()._hand_over()

    def _call_help(self):
        """The jobs are the help."""
