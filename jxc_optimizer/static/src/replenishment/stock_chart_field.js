import { cookie } from "@web/core/browser/cookie";
import { loadBundle } from "@web/core/assets";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Demand of the past weeks, forecast and expected stock of the coming ones. */
export class StockChartField extends Component {
    static template = "jxc_optimizer.StockChart";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (canvas) => {
                if (!canvas) {
                    return;
                }
                // eslint-disable-next-line no-undef
                const chart = new Chart(canvas, this.config(canvas));
                return () => chart.destroy();
            },
            () => [this.canvas.el, JSON.stringify(this.chart)]
        );
    }

    get chart() {
        return this.props.record.data[this.props.name];
    }

    line(label, values, color, more = {}) {
        return {
            type: "line",
            label: label.toString(),
            data: values,
            borderColor: color,
            backgroundColor: color,
            borderWidth: 2,
            pointRadius: 0,
            ...more,
        };
    }

    /** Lines and bars; gaps where a week has no such figure. */
    datasets() {
        const { weeks, minimum, maximum, suggested } = this.chart;
        const scheme = cookie.get("color_scheme");
        const color = (index) => getColor(index, scheme, "odoo");
        const values = (name) => weeks.map((week) => week[name] ?? null);
        // what is owed is no stock
        const stock = values("stock").map((value) => value && Math.max(value, 0));
        const level = (value) => weeks.map(() => value);
        const band = { borderWidth: 0, pointStyle: false };
        return [
            this.line(_t("Expected stock, if nothing is ordered"), stock, color(1)),
            this.line(_t("Forecast"), values("forecast"), color(2), { borderDash: [4, 4] }),
            this.line(_t("8 of 10 weeks lie within"), values("high"), color(2), {
                ...band,
                fill: "+1",
                backgroundColor: `${color(2)}33`,
                tip: _t("Forecast, upper end of the band").toString(),
            }),
            this.line(_t("Forecast, lower end of the band"), values("low"), color(2), {
                ...band,
                unlisted: true,
            }),
            this.line(suggested ? _t("Suggested minimum") : _t("Minimum"), level(minimum), color(3), {
                borderDash: [2, 3],
                borderWidth: 1,
            }),
            this.line(suggested ? _t("Suggested maximum") : _t("Maximum"), level(maximum), color(4), {
                borderDash: [2, 3],
                borderWidth: 1,
            }),
            {
                type: "bar",
                label: _t("Demand").toString(),
                data: values("demand"),
                backgroundColor: color(0),
            },
            {
                type: "bar",
                label: _t("Receipts").toString(),
                data: weeks.map((week) => week.received || null),
                backgroundColor: color(5),
            },
        ];
    }

    config(canvas) {
        const style = getComputedStyle(canvas);
        const grid = style.getPropertyValue("--border-color").trim();
        const scale = { ticks: { color: style.color }, grid: { color: grid }, border: { display: false } };
        const { unit, weeks } = this.chart;
        return {
            data: {
                labels: weeks.map((week) =>
                    deserializeDate(week.day).toLocaleString({ month: "short", day: "numeric" })
                ),
                datasets: this.datasets(),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            color: style.color,
                            boxWidth: 16,
                            filter: ({ datasetIndex }, { datasets }) => !datasets[datasetIndex].unlisted,
                        },
                    },
                    tooltip: {
                        filter: ({ raw }) => raw !== null,
                        callbacks: {
                            label: ({ dataset, raw }) =>
                                `${dataset.tip || dataset.label}: ${formatFloat(raw, {
                                    digits: [16, 2],
                                    trailingZeros: false,
                                })} ${unit}`,
                        },
                    },
                },
                scales: {
                    x: { ...scale, grid: { display: false } },
                    y: {
                        ...scale,
                        title: { display: true, text: unit, color: style.color },
                        ticks: {
                            color: style.color,
                            callback: (value) => formatFloat(value, { humanReadable: true, decimals: 1 }),
                        },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("jxc_stock_chart", {
    component: StockChartField,
    supportedTypes: ["json"],
});
