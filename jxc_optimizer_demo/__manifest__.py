{
    "name": "Inventory Optimisation: demo company",
    "summary": "One real year of a wholesaler's sales (UCI Online Retail) as a living "
    "company",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "jxc_optimizer maintainers",
    "website": "https://github.com/jxc-optimizer/jxc_optimizer",
    "depends": ["jxc_optimizer", "stock", "purchase_stock"],
    "external_dependencies": {"python": ["numpy"]},
}
