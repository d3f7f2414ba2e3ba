import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

import { CurveChart } from "./curve_chart";

const FILLS = {
    fill_lines: _t("Order lines at once"),
    fill_units: _t("Units at once"),
    fill_value: _t("Value at once"),
};
/** Seconds between two looks at a replay that runs. */
const PATIENCE = 4;

/** How much service for how much stock, tried out on the company's own past. */
export class Objective extends Component {
    static template = "jxc_optimizer.Objective";
    static components = { CurveChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, target: 0, warehouse: false });
        onWillStart(() => this.load());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    async load() {
        const data = await this.orm.call("jxc.objective", "get_objective", [
            this.state.warehouse,
        ]);
        const shown = this.state.data;
        if (
            !shown ||
            shown.replay?.id !== data.replay?.id ||
            shown.warehouse_id !== data.warehouse_id
        ) {
            this.state.target = this.present(data);
        }
        this.state.data = data;
        clearTimeout(this.timer);
        if (data.working) {
            this.timer = setTimeout(() => this.load(), PATIENCE * 1000);
        }
    }

    /** The target in force; of a cost per missed unit the units it delivers at once. */
    present(data) {
        const method = data.replay?.scenarios?.find((each) => each.kind === "method");
        const target = data.is_cost && method ? method.fill_units : data.target;
        return this.withinCurve(data, target);
    }

    withinCurve(data, target) {
        const curve = data.replay?.curve || [];
        return curve.length
            ? Math.min(Math.max(target, curve[0].target), curve.at(-1).target)
            : target;
    }

    get data() {
        return this.state.data;
    }

    get replay() {
        return this.data.replay;
    }

    /** The figures at a target, linear between the targets that were replayed. */
    at(target) {
        const curve = this.replay.curve;
        const after = Math.max(
            curve.findIndex((point) => point.target >= target - 1e-9),
            0
        );
        const high = curve[after];
        const low = curve[Math.max(after - 1, 0)];
        const gap = high.target - low.target;
        const share = gap ? (target - low.target) / gap : 0;
        const point = {};
        for (const name in high) {
            point[name] = low[name] + share * (high[name] - low[name]);
        }
        return point;
    }

    /** What one more unit delivered at once costs there; 0 where that is unknown. */
    priceAt(target) {
        const curve = this.replay.curve;
        const low = curve.findLast((point) => point.target < target - 1e-9) || curve[0];
        const high = curve.find((point) => point.target > target + 1e-9) || curve.at(-1);
        const units = low.missed_qty - high.missed_qty;
        return units > 0 ? Math.max((high.total_cost - low.total_cost) / units, 0) : 0;
    }

    get price() {
        return this.priceAt(this.state.target);
    }

    get chosen() {
        return { ...this.at(this.state.target), name: _t("Chosen target") };
    }

    get points() {
        return this.replay.scenarios;
    }

    /** Figures of the chosen target beside those of the present one. */
    get figures() {
        // with goals of their own warehouses are not all at one target
        const apart = this.data.has_own_goals && !this.data.warehouse_id;
        const now = apart || this.data.is_cost
            ? this.replay.scenarios.find((each) => each.kind === "method")
            : this.at(this.present(this.data));
        const then = this.chosen;
        const rows = [
            [_t("Inventory"), "stock_value", this.money],
            ...Object.entries(FILLS).map(([name, label]) => [label, name, this.share]),
            [_t("Days out of stock"), "stockout_days", this.count],
            [_t("Order lines a week"), "orders_per_week", this.decimal],
            [_t("Holding and ordering"), "total_cost", this.money],
        ];
        const figures = rows.map(([label, name, format]) => ({
            label,
            name,
            value: format(then[name]),
            now: format(now[name]),
        }));
        figures.push({
            label: _t("One more unit at once costs"),
            name: "price",
            value: this.price ? this.cents(this.price) : "–",
            now: this.data.is_cost ? this.cents(this.data.price) : "",
        });
        return figures;
    }

    get isMoved() {
        const moved = Math.abs(this.state.target - this.present(this.data)) > 1e-6;
        return moved && (!this.data.is_cost || this.price >= 0.01);
    }

    get limits() {
        const curve = this.replay.curve;
        return { min: curve[0].target, max: curve.at(-1).target };
    }

    get labels() {
        return {
            curve: _t("Suggestions by target"),
            x: _t("Average inventory value"),
            y: FILLS[this.data.fill].toString(),
        };
    }

    get columns() {
        return [
            [_t("Inventory"), "stock_value", this.money],
            [_t("Turns a year"), "turns", this.decimal],
            [_t("Lines at once"), "fill_lines", this.share],
            [_t("Units at once"), "fill_units", this.share],
            [_t("Value at once"), "fill_value", this.share],
            [_t("Days out of stock"), "stockout_days", this.count],
            [_t("Order lines a week"), "orders_per_week", this.decimal],
            [_t("Holding"), "holding_cost", this.money],
            [_t("Ordering"), "order_cost_total", this.money],
            [_t("Together"), "total_cost", this.money],
        ];
    }

    get sameService() {
        const same = this.replay.same_service;
        if (!same) {
            return "";
        }
        const values = {
            share: this.share(Math.abs(same.change)),
            money: this.money(same.stock_value),
        };
        return same.change <= 0
            ? _t(
                  "Same service as the own rules, by order lines and by value at once: the suggestions need %(money)s of inventory, %(share)s less.",
                  values
              )
            : _t(
                  "Same service as the own rules, by order lines and by value at once: the suggestions need %(money)s of inventory, %(share)s more.",
                  values
              );
    }

    /** Sentences with figures in them. */
    get texts() {
        const { history, working, error } = this.data;
        const { weeks, verdicts } = this.replay || {};
        return {
            short: _t(
                "There are %(weeks)s weeks since the first demand. A replay needs 39: 26 to learn from and 13 to try out. It will be there on %(day)s, or at once with imported sales.",
                {
                    weeks: history.weeks,
                    day: history.ready_on
                        ? deserializeDate(history.ready_on).toLocaleString(
                              luxon.DateTime.DATE_MED
                          )
                        : "",
                }
            ),
            ready: _t(
                "The last %s weeks can be replayed: with your own rules as they were, with today's, and with the suggestions. It happens tonight, or now in the background.",
                history.replayed
            ),
            title: _t("Inventory against service, last %s weeks", weeks),
            figures: _t(
                "Of the replayed articles, over %s weeks; interpolated between the replayed targets.",
                weeks
            ),
            counts: _t("Counts: %s", this.data.objective_name),
            lost: this.replay?.lost_sales
                ? _t("Demand that is not served at once is lost.")
                : _t("Demand that is not served at once waits."),
            working: _t("Replaying the company's past: %s", working?.state),
            error: _t("The last replay ended with an error: %s", error),
            worse: _t("Articles that would have been worse off: %s", verdicts?.worse),
            now: this.data.is_cost
                ? _t("Now (%s)", this.cents(this.data.price))
                : this.data.has_own_goals && !this.data.warehouse_id
                  ? _t("Now (each its own)")
                  : _t("Now (%s)", this.share(this.data.target)),
        };
    }

    // one decimal, also where it is 0: figures stand below each other
    share = (value) => `${formatFloat(100 * value, { digits: [16, 1] })}%`;
    count = (value) => formatInteger(Math.round(value));
    decimal = (value) => formatFloat(value, { digits: [16, 1] });
    cents = (value) => formatCurrency(value, this.data.currency_id);
    money = (value) => formatCurrency(value, this.data.currency_id, { digits: [16, 0] });

    onTarget(event) {
        this.state.target = Number(event.target.value);
    }

    async onWarehouse(event) {
        this.state.warehouse = Number(event.target.value) || false;
        await this.load();
    }

    async useTarget() {
        const goal = this.data.is_cost ? this.price : this.state.target;
        await this.decide("use_target", [goal, this.state.warehouse]);
    }

    async useCompanyGoal() {
        await this.decide("use_company_goal", [this.state.warehouse]);
        this.state.target = this.present(this.data);
    }

    async decide(method, values) {
        const action = await this.orm.call("jxc.objective", method, values);
        await this.action.doAction({ ...action, params: { ...action.params, next: undefined } });
        await this.load();
    }

    async startReplay() {
        await this.orm.call("jxc.objective", "start_replay", []);
        await this.load();
    }

    async cancelReplay() {
        await this.orm.call("jxc.replay", "action_cancel", [[this.data.working.id]]);
        await this.load();
    }

    async openArticles(verdict) {
        return this.action.doAction(
            await this.orm.call("jxc.replay", "action_open_articles", [[this.replay.id]], {
                verdict,
            })
        );
    }

    openWhatIf() {
        return this.action.doAction("jxc_optimizer.action_jxc_replay");
    }

    openImport() {
        return this.action.doAction("jxc_optimizer.action_jxc_import");
    }
}

registry.category("actions").add("jxc_objective", Objective);
