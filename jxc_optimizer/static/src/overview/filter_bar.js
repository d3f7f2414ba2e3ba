import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** Choices of warehouse, category, vendor and buyer; those with one option stay away. */
export class FilterBar extends Component {
    static template = "jxc_optimizer.FilterBar";
    static props = { data: Object, load: Function };

    get filters() {
        const { options, filters } = this.props.data;
        return [
            { name: "warehouse_id", label: _t("Warehouse"), options: options.warehouses },
            { name: "categ_id", label: _t("Category"), options: options.categories },
            { name: "vendor_id", label: _t("Vendor"), options: options.vendors },
            { name: "buyer_id", label: _t("Buyer"), options: options.buyers },
        ]
            .filter((filter) => filter.options.length > 1)
            .map((filter) => ({ ...filter, value: filters[filter.name] }));
    }

    onChange(name, event) {
        this.props.load({ ...this.props.data.filters, [name]: Number(event.target.value) });
    }
}
