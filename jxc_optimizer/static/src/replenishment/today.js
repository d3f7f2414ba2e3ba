import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { StockOrderpointListController } from "@stock/views/stock_orderpoint_list_controller";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/** The answer to "what do I order today?" for the rules of a list. */
export class Today extends Component {
    static template = "jxc_optimizer.Today";
    static props = { domain: Array };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null });
        onWillStart(() => this.load(this.props.domain));
        onWillUpdateProps((next) => {
            this.load(next.domain);
        });
    }

    get value() {
        return this.money("value");
    }

    /** What waiting for the next review costs, in one sentence for translators. */
    get waiting() {
        const amount = this.money("waiting");
        const review = deserializeDate(this.state.data.next_review);
        const day = review.toRelativeCalendar({ unit: "days" });
        return amount && _t("Waiting until %(day)s costs about %(amount)s", { day, amount });
    }

    /** Whole money; nothing where companies with several currencies are shown. */
    money(name) {
        const { currency_id: currency, [name]: amount } = this.state.data;
        return currency && amount >= 0.5 ? formatCurrency(amount, currency, { digits: [16, 0] }) : "";
    }

    async load(domain) {
        this.state.data = await this.orm.call("stock.warehouse.orderpoint", "get_jxc_today", [
            domain,
        ]);
    }
}

patch(StockOrderpointListController, {
    components: { ...StockOrderpointListController.components, Today },
});
