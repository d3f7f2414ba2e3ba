"""Odoo's own tests without and with the add-on."""


def run(odoo):
    raise NotImplementedError
