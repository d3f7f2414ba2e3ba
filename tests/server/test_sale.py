"""The companion for Odoo's Sales: salespeople announce, and no longer without it."""


def test_salespeople_announce(odoo, database):
    database.script("sales")
    odoo.install(database.name, ["sale"], "Installing sale")
    companion = database.query(
        "SELECT state FROM ir_module_module WHERE name = 'jxc_optimizer_sale'"
    )
    assert companion == [("installed",)], "it installs itself"
    assert database.script("seller_announces") == {
        "own": -0.25,
        "others": "AccessError",
        "promotion": "AccessError",
        "policies": "AccessError",
        "costs on the desk": False,
        "without the companion": False,
    }
