import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The explanation of a suggestion as a page: each term opens what is behind it. */
export class WhyPage extends Component {
    static template = "jxc_optimizer.WhyPage";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get why() {
        const value = this.props.record.data[this.props.name];
        return value ? JSON.parse(value) : { sums: [], facts: [] };
    }

    async open(key) {
        const action = await this.orm.call("stock.warehouse.orderpoint", "action_jxc_open_term", [
            [this.why.rule],
            key,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("fields").add("jxc_why_page", {
    component: WhyPage,
    supportedTypes: ["char"],
});
