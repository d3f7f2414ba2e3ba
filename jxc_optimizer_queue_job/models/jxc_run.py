from odoo import models


class JxcRun(models.Model):
    _inherit = "jxc.run"

    def _do_unit(self, watch):
        """The parts of a phase are jobs; what needs all articles is done here."""
        due = self._due_shards()
        if not due:
            return super()._do_unit(watch)
        for shard in due:
            shard._enqueue()
        return None

    def _works_elsewhere(self):
        return bool(self._due_shards()) or super()._works_elsewhere()
