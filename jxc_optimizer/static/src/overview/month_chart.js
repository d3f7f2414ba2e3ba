import { cookie } from "@web/core/browser/cookie";
import { loadBundle } from "@web/core/assets";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

import { chartColors } from "./chart_colors";

/** Stock value by month as bars, and the share of days in stock as a line. */
export class MonthChart extends Component {
    static template = "jxc_optimizer.MonthChart";
    static props = { months: Array, money: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (months) => {
                // eslint-disable-next-line no-undef
                const chart = new Chart(this.canvas.el, this.config(months));
                return () => chart.destroy();
            },
            () => [this.props.months]
        );
    }

    label(month) {
        return deserializeDate(month.month).toLocaleString({ month: "short", year: "2-digit" });
    }

    share(month) {
        return month.availability === null ? "–" : formatPercentage(month.availability, { digits: [16, 1] });
    }

    config(months) {
        const scheme = cookie.get("color_scheme");
        const { text, grid } = chartColors(this.canvas.el);
        const scale = { ticks: { color: text }, grid: { color: grid }, border: { display: false } };
        return {
            data: {
                labels: months.map((month) => this.label(month)),
                datasets: [
                    {
                        type: "line",
                        label: _t("Share of days in stock").toString(),
                        data: months.map((month) => month.availability),
                        borderColor: getColor(1, scheme, "odoo"),
                        backgroundColor: getColor(1, scheme, "odoo"),
                        yAxisID: "share",
                        tension: 0.2,
                    },
                    {
                        type: "bar",
                        label: _t("Inventory value").toString(),
                        data: months.map((month) => month.stock_value),
                        backgroundColor: getColor(0, scheme, "odoo"),
                        yAxisID: "value",
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { color: text } },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, raw }) =>
                                dataset.yAxisID === "share"
                                    ? formatPercentage(raw, { digits: [16, 1] })
                                    : this.props.money(raw),
                        },
                    },
                },
                scales: {
                    x: { ...scale, grid: { display: false } },
                    value: {
                        ...scale,
                        beginAtZero: true,
                        ticks: {
                            color: text,
                            callback: (value) => formatFloat(value, { humanReadable: true, decimals: 1 }),
                        },
                    },
                    share: {
                        ...scale,
                        position: "right",
                        max: 1,
                        suggestedMin: 0.8,
                        grid: { display: false },
                        ticks: {
                            color: text,
                            callback: (value) => formatPercentage(value, { digits: [16, 0] }),
                        },
                    },
                },
            },
        };
    }
}
