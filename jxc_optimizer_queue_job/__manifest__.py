{
    "name": "Inventory Optimisation: nights as jobs",
    "summary": "The parts of a night run as jobs of OCA's queue_job, on as many hosts "
    "as it has",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "jxc_optimizer maintainers",
    "website": "https://github.com/jxc-optimizer/jxc_optimizer",
    "depends": ["jxc_optimizer", "queue_job"],
    "auto_install": True,
}
