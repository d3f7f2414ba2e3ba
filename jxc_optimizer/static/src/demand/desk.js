import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

import { DeskChart } from "./desk_chart";

/** What an article will sell, how sure that is, and who says so. */
export class DemandDesk extends Component {
    static template = "jxc_optimizer.DemandDesk";
    static components = { DeskChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { context, params } = this.props.action;
        this.productId = context.active_id || params?.active_id;
        this.state = useState({ desk: null, location: context.jxc_location_id || false });
        onWillStart(() => this.load());
    }

    async load(location = this.state.location) {
        if (!this.productId) {
            return;
        }
        this.state.desk = await this.orm.call("jxc.demand.desk", "get_desk", [
            this.productId,
            location,
        ]);
        this.state.location = this.state.desk.location_id || false;
    }

    get desk() {
        return this.state.desk;
    }

    /** A quantity as short as it can be said: whole, but small ones with a decimal. */
    number(value) {
        const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
        return formatFloat(value, { digits: [16, digits] });
    }

    quantity = (value) => `${this.number(value)} ${this.desk.product.uom}`;

    more(value) {
        return `${value < 0 ? "−" : "+"}${this.number(Math.abs(value))}`;
    }

    percent(value) {
        const share = formatPercentage(Math.abs(value), { digits: [16, 0] });
        return `${value < 0 ? "−" : "+"}${share}`;
    }

    day(value) {
        return deserializeDate(value).toLocaleString(luxon.DateTime.DATE_MED);
    }

    get proposals() {
        return this.desk.one_offs.filter((one) => one.state === "proposed");
    }

    get decided() {
        return this.desk.one_offs.filter((one) => one.state !== "proposed");
    }

    /** The answer to the question in the title. */
    get figures() {
        const { per_week: week, ahead, suggestion } = this.desk;
        const first = ahead[0];
        const figures = [
            [_t("An ordinary week"), this.quantity(week), ""],
            [
                _t("The next four weeks"),
                this.quantity(ahead.slice(0, 4).reduce((sum, w) => sum + w.mean, 0)),
                _t("the first of them %(low)s to %(high)s, in 4 of 5 cases", {
                    low: this.number(first.low),
                    high: this.number(first.high),
                }),
            ],
        ];
        if (suggestion) {
            const change = Math.round(suggestion.change);
            figures.push([
                _t("Suggested minimum"),
                this.quantity(suggestion.minimum),
                change
                    ? _t("about %s with the next run", this.quantity(suggestion.minimum + change))
                    : "",
            ]);
        }
        return figures.map(([label, value, note]) => ({ label, value, note }));
    }

    onPlace(event) {
        return this.load(Number(event.target.value));
    }

    async decide(id, method) {
        await this.orm.call("jxc.demand.one.off", method, [[id]]);
        await this.load();
    }

    /** Open a form over the screen, and look again when it is closed. */
    open(model, id, context = {}, view = false) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: view ? _t("Adjust the Forecast") : undefined,
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
                target: "new",
                context,
            },
            { onClose: () => this.load() }
        );
    }

    get today() {
        return luxon.DateTime.now();
    }

    addEvent() {
        return this.open("jxc.demand.event", false, {
            default_kind: "promotion",
            default_name: _t("Promotion").toString(),
            default_scope: "products",
            default_product_ids: [this.productId],
        });
    }

    addAdjustment() {
        return this.open(
            "jxc.demand.event",
            false,
            {
                default_kind: "adjustment",
                default_name: _t("Adjustment").toString(),
                default_scope: "products",
                default_product_ids: [this.productId],
                default_date_from: this.today.toISODate(),
                default_date_to: this.today.plus({ weeks: 4 }).toISODate(),
            },
            true
        );
    }

    addHeir() {
        return this.open("jxc.demand.heir", false, { default_product_id: this.productId });
    }

    openArticle() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "product.product",
            res_id: this.productId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("jxc_demand_desk", DemandDesk);
