import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

import { FilterBar } from "./filter_bar";

const MEASURES = {
    consumption_value: _t("Consumption at cost"),
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

    async load(filters, measure = this.state.data?.measure ?? "consumption_value") {
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

    config(curve) {
        const scheme = cookie.get("color_scheme");
        const color = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = { color: getCustomColor(scheme, "#d8dadd", "#3C3E4B") };
        const axis = (text) => ({
            type: "linear",
            min: 0,
            max: 1,
            grid,
            title: { display: true, text: text.toString(), color },
            ticks: { color, callback: (value) => formatPercentage(value, { digits: [16, 0] }) },
        });
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        data: [[0, 0], ...curve].map(([x, y]) => ({ x, y })),
                        borderColor: getColor(0, scheme, "odoo"),
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
