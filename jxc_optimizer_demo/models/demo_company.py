from odoo import models


class DemoCompany(models.AbstractModel):
    _name = "jxc.demo.company"
    _description = "Demo company made of real sales"
