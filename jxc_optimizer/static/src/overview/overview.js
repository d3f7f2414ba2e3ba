import { formatCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

import { FilterBar } from "./filter_bar";
import { MonthChart } from "./month_chart";
import { Sparkline } from "./sparkline";

/** The five exceptions: what they are called, what their money means, their colour. */
const TILES = {
    out: { title: _t("Out of stock"), money: _t("of demand a week"), color: "danger" },
    soon: { title: _t("Soon out of stock"), money: _t("not covered"), color: "warning" },
    surplus: { title: _t("Surplus orders"), money: _t("ordered beyond need"), color: "info" },
    excess: { title: _t("Excess"), money: _t("above need"), color: "primary" },
    unknown: { title: _t("New or unknown"), money: _t("on hand"), color: "secondary" },
};

/** What is wrong with the inventory today, what it costs, and where it is going. */
export class InventoryOverview extends Component {
    static template = "jxc_optimizer.Overview";
    static components = { FilterBar, Layout, MonthChart, Sparkline };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.load = this.load.bind(this);
        this.action = useService("action");
        this.state = useState({ data: null });
        onWillStart(() => this.load({}));
    }

    async load(filters) {
        this.state.data = await this.orm.call("jxc.overview", "get_overview", [filters]);
    }

    get data() {
        return this.state.data;
    }

    get isEmpty() {
        return !this.data.months.length && this.data.tiles.every((tile) => !tile.count);
    }

    get tiles() {
        return this.data.tiles.map((tile) => ({ ...tile, ...TILES[tile.exception] }));
    }

    /** The key figures, each with what it was a year ago and what it should be. */
    get figures() {
        const { months, year, year_before: before, targets } = this.data;
        const now = months.at(-1);
        const then = months.length === 13 ? months[0] : null;
        const turns = (value) => formatFloat(value, { digits: [16, 1] });
        const days = (value) => formatFloat(value, { digits: [16, 0] });
        const share = (value) => formatPercentage(value, { digits: [16, 1] });
        const dead = now && targets.dead_share && targets.dead_share * now.stock_value;
        const levels = _t("today, at cost");
        const flows = _t("last 12 months");
        return [
            [_t("Inventory"), levels, now?.stock_value, then?.stock_value, this.money],
            [_t("Turns a year"), flows, year.turns, before.turns, turns, targets.turns, true],
            [
                _t("Days of inventory"),
                flows,
                year.inventory_days,
                before.inventory_days,
                days,
                targets.inventory_days,
            ],
            [
                _t("Lines filled"),
                flows,
                year.fill_lines,
                before.fill_lines,
                share,
                targets.fill_lines,
                true,
            ],
            [
                _t("In stock"),
                flows,
                year.availability,
                before.availability,
                share,
                targets.availability,
                true,
            ],
            [_t("Article days without stock"), flows, year.stockout_days, before.stockout_days, days],
            [_t("Dead stock"), levels, now?.dead_value, then?.dead_value, this.money, dead],
        ].map(([label, basis, value, past, format, target, more]) => ({
            label,
            basis,
            value: this.isKnown(value) ? format(value) : "–",
            past: this.isKnown(past) ? format(past) : null,
            target: target ? format(target) : null,
            // as it is shown: what looks equal has been reached
            isReached:
                this.isKnown(value) &&
                (format(value) === format(target) || (more ? value > target : value < target)),
        }));
    }

    get runText() {
        const { run_day: day } = this.data;
        return day && _t("Levels suggested on %s", this.day(day));
    }

    /** The moment that the exceptions are of. */
    get asOfText() {
        const { as_of: moment } = this.data;
        return (
            moment &&
            _t("As of %s", deserializeDateTime(moment).toLocaleString(luxon.DateTime.DATETIME_MED))
        );
    }

    /** Whether a filter is set that the key figures do not know. */
    get isPartly() {
        const { vendor_id: vendor, buyer_id: buyer } = this.data.filters;
        return Boolean(vendor || buyer);
    }

    moneyTrend(tile) {
        return tile.trend.map((week) => (week ? week.value : null));
    }

    trendText(tile) {
        const first = tile.trend.find((week) => week);
        return _t("Since the week of %(day)s: from %(then)s to %(now)s", {
            day: this.day(first.week),
            then: this.money(first.value),
            now: this.money(tile.value),
        });
    }

    /** How many weeks there is something to compare with. */
    known(tile) {
        return tile.trend.filter((week) => week).length;
    }

    day(value) {
        return deserializeDate(value).toLocaleString(luxon.DateTime.DATE_MED);
    }

    isKnown(value) {
        return value !== null && value !== undefined;
    }

    money = (value) => formatCurrency(value, this.data.currency_id, { digits: [16, 0] });

    quantity(article) {
        return `${formatFloat(article.on_hand, { digits: [16, 0] })} ${article.uom}`;
    }

    async openTile(exception) {
        const action = await this.orm.call("jxc.overview", "get_exception_action", [
            exception,
            this.data.filters,
        ]);
        return this.action.doAction(action);
    }

    openArticle(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "jxc.policy",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    refresh() {
        return this.load(this.data.filters);
    }

    openFigures() {
        return this.action.doAction("jxc_optimizer.action_jxc_kpi");
    }

    openImport() {
        return this.action.doAction("jxc_optimizer.action_jxc_import");
    }

    openReceipts() {
        return this.action.doAction("stock.action_picking_tree_incoming");
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("jxc_overview", InventoryOverview);
