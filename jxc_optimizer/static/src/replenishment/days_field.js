import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { dateField } from "@web/views/fields/datetime/datetime_field";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/**
 * A coming day as the days until it, the day itself as a hint.
 * Options: overdue, a day that has passed is one that was missed.
 */
export class DaysField extends Component {
    static template = "jxc_optimizer.DaysField";
    static props = { ...standardFieldProps, overdue: { type: Boolean, optional: true } };

    get day() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        if (this.props.overdue && this.isLate) {
            return _t("overdue");
        }
        return this.day.toRelativeCalendar({ unit: "days" });
    }

    get isLate() {
        return this.day < DateTime.local().startOf("day");
    }

    get isNear() {
        return !this.isLate && this.day < DateTime.local().plus({ days: 7 });
    }
}

registry.category("fields").add("jxc_days", {
    component: DaysField,
    supportedTypes: dateField.supportedTypes,
    extractProps: ({ options }) => ({ overdue: Boolean(options.overdue) }),
});
