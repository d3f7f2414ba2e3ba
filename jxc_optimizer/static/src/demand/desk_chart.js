import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatPercentage } from "@web/views/fields/formatters";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** Weekly demand as bars, the forecast as a line with its band, events as flags. */
export class DeskChart extends Component {
    static template = "jxc_optimizer.DeskChart";
    static props = { desk: Object, quantity: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (desk) => {
                // eslint-disable-next-line no-undef
                const chart = new Chart(this.canvas.el, this.config(desk));
                return () => chart.destroy();
            },
            () => [this.props.desk]
        );
    }

    get weeks() {
        return [...this.props.desk.weeks, ...this.props.desk.ahead];
    }

    label(week) {
        return deserializeDate(week.start).toLocaleString({ day: "numeric", month: "short" });
    }

    /** Number of the week a day lies in, as a part of it; outside: at the edge. */
    place(day) {
        const days = deserializeDate(day).diff(deserializeDate(this.weeks[0].start), "days").days;
        return Math.min(Math.max(days / 7, 0), this.weeks.length);
    }

    /** Quantity of each week that was marked as one-off, by state. */
    marked(state) {
        const marked = this.props.desk.weeks.map(() => 0);
        for (const one of this.props.desk.one_offs) {
            const week = Math.floor(this.place(one.day));
            if (one.state === state && week < marked.length) {
                marked[week] += one.quantity;
            }
        }
        return marked;
    }

    share = (value) => formatPercentage(value, { digits: [16, 0] });

    /** Grey stripes for weeks in which there was nothing to sell. */
    stripes(color) {
        const tile = document.createElement("canvas");
        tile.width = tile.height = 8;
        const pen = tile.getContext("2d");
        pen.strokeStyle = color;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.moveTo(0, 8);
        pen.lineTo(8, 0);
        pen.stroke();
        return this.canvas.el.getContext("2d").createPattern(tile, "repeat");
    }

    /** Events: a shaded span and its name above it. */
    flags(color) {
        const { events } = this.props.desk;
        return {
            id: "flags",
            beforeDatasetsDraw: ({ ctx, chartArea, scales }) => {
                const wide = chartArea.width / this.weeks.length;
                ctx.save();
                ctx.fillStyle = ctx.strokeStyle = color;
                events.forEach((event, number) => {
                    const last = deserializeDate(event.to).plus({ days: 1 }).toISODate();
                    const [from, to] = [event.from, last].map(
                        (day) => scales.x.left + this.place(day) * wide
                    );
                    if (to - from < 1) {
                        return;
                    }
                    ctx.globalAlpha = 0.12;
                    ctx.fillRect(from, chartArea.top, to - from, chartArea.height);
                    ctx.globalAlpha = 1;
                    ctx.fillRect(from, chartArea.top, 2, chartArea.height);
                    const free = scales.x.right - from < 90;
                    ctx.textAlign = free ? "right" : "left";
                    ctx.fillText(
                        event.name,
                        free ? from - 4 : from + 4,
                        chartArea.top + 10 + 12 * (number % 3)
                    );
                });
                ctx.restore();
            },
        };
    }

    config(desk) {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const bar = getColor(0, scheme, "odoo");
        const [out, line, proposed] = [1, 2, 3].map((n) => getColor(n, scheme, "sm"));
        const ahead = desk.ahead.map(() => null);
        const past = desk.weeks.map(() => null);
        const [left, open] = [this.marked("confirmed"), this.marked("proposed")];
        const bars = (label, values, backgroundColor) => ({
            type: "bar",
            stack: "demand",
            label: label.toString(),
            data: [...values, ...ahead],
            backgroundColor,
        });
        const lines = (label, values, options = {}) => ({
            type: "line",
            label: label.toString(),
            data: values,
            borderColor: line,
            backgroundColor: `${line}33`,
            pointRadius: 0,
            pointHitRadius: 6,
            borderWidth: 2,
            ...options,
        });
        const band = { borderWidth: 0, tension: 0.2 };
        const plain = desk.weeks.map((week, n) =>
            Math.max(week.quantity - open[n], 0)
        );
        const datasets = [
            lines(_t("Expected demand"), [...desk.weeks.map((w) => w.expected), ...desk.ahead.map((w) => w.mean)], {
                segment: {
                    borderDash: ({ p0DataIndex: n }) => (n < desk.weeks.length ? [4, 3] : undefined),
                },
            }),
            lines(_t("Up to (4 of 5 weeks)"), [...past, ...desk.ahead.map((w) => w.high)], {
                ...band,
                fill: "+1",
            }),
            lines(_t("From (4 of 5 weeks)"), [...past, ...desk.ahead.map((w) => w.low)], band),
            bars(_t("Demand"), plain, bar),
            bars(_t("Proposed as one-off"), open, proposed),
            bars(_t("One-off, left out"), left, grid),
        ];
        if (desk.weeks.some((week) => week.without_stock)) {
            const top = Math.max(...desk.weeks.map((w) => w.quantity), ...desk.ahead.map((w) => w.high));
            datasets.push({
                ...bars(
                    _t("Out of stock"),
                    desk.weeks.map((week) => (week.without_stock ? week.without_stock * top : 0)),
                    this.stripes(out)
                ),
                stack: "out",
                grouped: false,
                share: desk.weeks.map((week) => week.without_stock),
            });
        }
        return {
            data: { labels: this.weeks.map((week) => this.label(week)), datasets },
            plugins: [this.flags(text)],
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { color: text, boxWidth: 16 } },
                    tooltip: {
                        filter: ({ raw }) => raw !== null && raw !== 0,
                        callbacks: {
                            label: ({ dataset, raw, dataIndex }) =>
                                `${dataset.label}: ${
                                    dataset.share
                                        ? this.share(dataset.share[dataIndex])
                                        : this.props.quantity(raw)
                                }`,
                        },
                    },
                },
                scales: {
                    x: {
                        stacked: true,
                        ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 },
                        grid: { display: false },
                    },
                    // not said to be stacked: then only what names a stack is
                    y: {
                        beginAtZero: true,
                        ticks: { color: text },
                        grid: { color: grid },
                        border: { display: false },
                    },
                },
            },
        };
    }
}
