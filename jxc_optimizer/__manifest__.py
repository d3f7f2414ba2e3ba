{
    "name": "Inventory Optimisation (进销存)",
    "summary": "ABC/XYZ classes, EOQ, safety stock, forecasts and explained reorder "
    "suggestions inside Odoo's own Replenishment",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "jxc_optimizer maintainers",
    "website": "https://github.com/jxc-optimizer/jxc_optimizer",
    "depends": ["stock", "purchase_stock"],
    "external_dependencies": {"python": ["numpy", "xlrd", "openpyxl"]},
    "data": [
        "security/jxc_groups.xml",
        "security/ir.model.access.csv",
        "security/jxc_rules.xml",
    ],
    "installable": True,
    "application": False,
}
