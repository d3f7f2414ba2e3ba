from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _get_fk_on(self, table):
        """Also links: what refers to a merged contact refers to the one that stays."""
        return [
            *super()._get_fk_on(table),
            *(
                (linking, column)
                for linking, column, comodel, _ondelete in self.env["jxc.link"]._links()
                if self.env[comodel]._table == table
            ),
        ]
