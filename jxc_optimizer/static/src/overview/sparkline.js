import { Component } from "@odoo/owl";

const WIDTH = 120;
const HEIGHT = 28;
const EDGE = 3;

/** A line of numbers without axes; nothing is drawn where a number is missing. */
export class Sparkline extends Component {
    static template = "jxc_optimizer.Sparkline";
    static props = { values: Array, label: String };

    get size() {
        return { width: WIDTH, height: HEIGHT };
    }

    /** The known points; the vertical axis begins at nought. */
    get line() {
        const { values } = this.props;
        const top = Math.max(...values, 0) || 1;
        const step = (WIDTH - 2 * EDGE) / Math.max(values.length - 1, 1);
        const height = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * value) / top;
        return values
            .map((value, index) =>
                value === null
                    ? ""
                    : `${(EDGE + index * step).toFixed(1)},${height(value).toFixed(1)}`
            )
            .join(" ");
    }
}
