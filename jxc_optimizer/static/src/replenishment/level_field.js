import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/**
 * A level of a reordering rule with the suggested one behind it: "60 → 84".
 * Options: suggested, the name of the field with the suggestion.
 */
export class LevelField extends FloatField {
    static template = "jxc_optimizer.LevelField";
    static props = { ...FloatField.props, suggested: { type: String } };

    /** The suggestion where there is one that differs, else an empty text. */
    get suggestion() {
        const { data, fields } = this.props.record;
        const suggested = data[this.props.suggested];
        if (data.jxc_note !== "suggested" || suggested === this.value) {
            return "";
        }
        return formatFloat(suggested, {
            digits: this.props.digits,
            field: fields[this.props.suggested],
            trailingZeros: this.props.trailingZeros,
        });
    }
}

export const levelField = {
    ...floatField,
    component: LevelField,
    fieldDependencies: ({ options }) => [
        { name: options.suggested, type: "float" },
        { name: "jxc_note", type: "selection" },
    ],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        suggested: fieldInfo.options.suggested,
    }),
};

registry.category("fields").add("jxc_level", levelField);
