{
    "name": "Inventory Optimisation: announcements of Sales",
    "summary": "Salespeople announce demand that no history knows",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "jxc_optimizer maintainers",
    "website": "https://github.com/jxc-optimizer/jxc_optimizer",
    "depends": ["jxc_optimizer", "sale"],
    "data": ["data/groups.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
