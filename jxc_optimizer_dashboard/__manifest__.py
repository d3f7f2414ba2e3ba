{
    "name": "Inventory Optimisation: spreadsheet dashboard",
    "summary": "Key figures of the inventory in Odoo's Dashboards",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "jxc_optimizer maintainers",
    "website": "https://github.com/jxc-optimizer/jxc_optimizer",
    "depends": ["jxc_optimizer", "spreadsheet_dashboard"],
    "data": ["data/dashboard.xml"],
    "assets": {
        "web.assets_tests": ["jxc_optimizer_dashboard/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
