import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

import { chartColors } from "./chart_colors";
import { FilterBar } from "./filter_bar";

const MEASURES = {
    consumption_value: _t("Consumption at cost"),
    consumption_margin: _t("Margin"),
    consumption_qty: _t("Quantity"),
    consumption_lines: _t("Order lines"),
    on_hand_value: _t("Stock value"),
};

/** Where the money is, and how steady: nine cells and the curve behind the classes. */
export class ClassMatrix extends Component {
    static template = "jxc_optimizer.Matrix";
    static components = { FilterBar, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        this.canvas = useRef("canvas");
        this.measures = Object.entries(MEASURES);
        this.load = this.load.bind(this);
        onWillStart(() => Promise.all([this.load({}), loadBundle("web.chartjs_lib")]));
        useEffect(
            (curve) => {
                if (!this.canvas.el) {
                    return;
                }
                // eslint-disable-next-line no-undef
                const chart = new Chart(this.canvas.el, this.config(curve));
                return () => chart.destroy();
            },
            () => [this.data.curve]
        );
    }

    async load(filters, measure = this.state.data?.measure ?? null) {
        this.state.data = await this.orm.call("jxc.overview", "get_matrix", [filters, measure]);
    }

    get data() {
        return this.state.data;
    }

    /** Rows A, B, C and columns X, Y, Z, and those without class where there are any. */
    get rows() {
        const used = this.data.cells.filter((cell) => cell.articles);
        const known = (name, all) => all.filter((key) => key || used.some((cell) => !cell[name]));
        const columns = known("xyz", ["X", "Y", "Z", ""]);
        return known("abc", ["A", "B", "C", ""]).map((abc) => ({
            abc,
            cells: columns.map((xyz) =>
                this.data.cells.find((cell) => cell.abc === abc && cell.xyz === xyz)
            ),
        }));
    }

    name(letter) {
        return letter || _t("None");
    }

    share = (value) => formatPercentage(value, { digits: [16, 1] });
    count = (value) => formatInteger(value);
    money = (value) => formatCurrency(value, this.data.currency_id, { digits: [16, 0] });
    turns = (value) => (value === null ? "–" : formatFloat(value, { digits: [16, 1] }));
    available = (value) => (value === null ? "–" : this.share(value));

    onMeasure(event) {
        return this.load(this.data.filters, event.target.value);
    }

    async openCell(cell) {
        return this.action.doAction(
            await this.orm.call("jxc.overview", "get_cell_action", [
                cell.abc,
                cell.xyz,
                this.data.filters,
            ])
        );
    }

    /** The settings of a class, in one line each; nothing where the company's count. */
    rulesOf({ mode, fill_floor: floor, review_days: review, count_days: count }) {
        return [
            mode,
            floor && _t("at least %s", this.share(floor)),
            review && _t("review every %s days", review),
            count && _t("count every %s days", count),
        ]
            .filter(Boolean)
            .map(String);
    }

    async editCell(cell) {
        const name = cell.abc + cell.xyz;
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Class %s", name),
                res_model: "jxc.cell",
                res_id: cell.settings.id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.load(this.data.filters) }
        );
    }

    async openChanges() {
        return this.action.doAction(
            await this.orm.call("jxc.overview", "get_changes_action", [this.data.filters])
        );
    }

    openImport() {
        return this.action.doAction("jxc_optimizer.action_jxc_import");
    }

    openChosen() {
        return this.action.doAction("jxc_optimizer.action_jxc_article", {
            additionalContext: { search_default_class: 1 },
        });
    }

    get changesText() {
        const day = deserializeDate(this.data.run_day).toLocaleString(luxon.DateTime.DATE_MED);
        const { up, down } = this.data.changes;
        return up || down
            ? _t("Changed class in the run of %(day)s: %(up)s up, %(down)s down", {
                  day,
                  up: this.count(up),
                  down: this.count(down),
              })
            : _t("No article changed its class in the run of %s", day);
    }

    get chosenText() {
        return _t("Chosen by hand: %s", this.count(this.data.chosen));
    }

    /** Whether a filter is set that the key figures do not know. */
    get isPartly() {
        const { vendor_id: vendor, buyer_id: buyer } = this.data.filters;
        return Boolean(vendor || buyer);
    }

    config(curve) {
        const { text: color, grid } = chartColors(this.canvas.el);
        const axis = (text) => ({
            type: "linear",
            min: 0,
            max: 1,
            grid: { color: grid },
            title: { display: true, text: text.toString(), color },
            ticks: { color, callback: (value) => formatPercentage(value, { digits: [16, 0] }) },
        });
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        data: [[0, 0], ...curve].map(([x, y]) => ({ x, y })),
                        borderColor: getColor(0, cookie.get("color_scheme"), "odoo"),
                        pointRadius: 0,
                        pointHitRadius: 8,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([point]) => this.share(point.parsed.x),
                            label: (point) => this.share(point.parsed.y),
                        },
                    },
                },
                scales: {
                    x: axis(_t("Share of articles")),
                    y: axis(MEASURES[this.data.measure]),
                },
            },
        };
    }

    /** The curve in words, for those who do not see it. */
    get curveText() {
        const fifth = this.data.curve.find(([articles]) => articles >= 0.2);
        return fifth
            ? _t("The first %(articles)s of the articles make up %(share)s.", {
                  articles: this.share(fifth[0]),
                  share: this.share(fifth[1]),
              })
            : "";
    }
}

registry.category("actions").add("jxc_matrix", ClassMatrix);
