"""What ./dev is made of: a real Odoo 19, its database and browser, without root."""
