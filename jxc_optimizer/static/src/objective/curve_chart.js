import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { formatPercentage } from "@web/views/fields/formatters";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** Inventory money against service: a curve and named points. */
export class CurveChart extends Component {
    static template = "jxc_optimizer.CurveChart";
    static props = {
        curve: Array,
        points: Array,
        chosen: Object,
        fill: String,
        curveLabel: String,
        xLabel: String,
        yLabel: String,
        money: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                // eslint-disable-next-line no-undef
                this.chart = new Chart(this.canvas.el, this.config());
                return () => this.chart.destroy();
            },
            () => [this.props.curve, this.props.points]
        );
        // moving the target moves one point; the rest of the chart stays
        useEffect(
            (chosen) => {
                this.chart.data.datasets.at(-1).data = [this.place(chosen)];
                this.chart.update();
            },
            () => [this.props.chosen]
        );
    }

    place = (point) => ({ x: point.stock_value, y: point[this.props.fill] });

    share = (value) => formatPercentage(value, { digits: [16, 1] });

    config() {
        const scheme = cookie.get("color_scheme");
        const color = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = { color: getCustomColor(scheme, "#d8dadd", "#3C3E4B") };
        const axis = (text, callback) => ({
            type: "linear",
            grid,
            title: { display: true, text, color },
            ticks: { color, callback, maxTicksLimit: 7 },
        });
        const shapes = ["rect", "triangle", "circle"];
        return {
            type: "scatter",
            data: {
                datasets: [
                    {
                        label: this.props.curveLabel,
                        data: this.props.curve.map(this.place),
                        showLine: true,
                        borderColor: getColor(0, scheme, "odoo"),
                        backgroundColor: getColor(0, scheme, "odoo"),
                        pointRadius: 2,
                        order: 4,
                    },
                    ...this.props.points.map((point, index) => ({
                        label: point.name,
                        data: [this.place(point)],
                        pointStyle: shapes[index % shapes.length],
                        // where two are at the same place, both are seen
                        pointRadius: 9 - 2 * index,
                        pointHoverRadius: 9,
                        backgroundColor: getColor(index + 1, scheme, "odoo"),
                        borderColor: color,
                        borderWidth: 1,
                        order: 3 - index,
                    })),
                    {
                        label: this.props.chosen.name,
                        data: [this.place(this.props.chosen)],
                        pointRadius: 9,
                        pointHoverRadius: 9,
                        borderWidth: 3,
                        backgroundColor: "transparent",
                        borderColor: color,
                        order: 0,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { labels: { color, usePointStyle: true } },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, parsed }) =>
                                `${dataset.label}: ${this.props.money(parsed.x)}, ${this.share(parsed.y)}`,
                        },
                    },
                },
                scales: {
                    x: axis(this.props.xLabel, (value) => this.props.money(value)),
                    y: axis(this.props.yLabel, (value) => this.share(value)),
                },
            },
        };
    }
}
