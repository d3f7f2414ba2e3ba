from odoo.fields import Command


def uninstall_hook(env):
    """Salespeople announce no more: their group is Odoo's and stays."""
    env.ref("sales_team.group_sale_salesman").implied_ids = [
        Command.unlink(env.ref("jxc_optimizer.group_announcer").id)
    ]
