"""Indexes that cost each run more than they spare those who search."""


def migrate(cr, _version):
    for name in (
        "jxc_policy__company_id_index",
        "jxc_policy__warehouse_id_index",
        "jxc_policy__abc_class_index",
        "jxc_policy__run_id_index",
        "jxc_policy_history__company_id_index",
        "stock_warehouse_orderpoint__jxc_abc_class_index",
        "stock_warehouse_orderpoint__jxc_vendor_id_index",
        "stock_warehouse_orderpoint__jxc_status_index",
    ):
        cr.execute(f"DROP INDEX IF EXISTS {name}")
