import { registry } from "@web/core/registry";
import { BooleanField, booleanField } from "@web/views/fields/boolean/boolean_field";

/** A box in a list that tells screen readers what it is for, which Odoo's does not. */
export class NamedCheckboxField extends BooleanField {
    static template = "jxc_optimizer.NamedCheckboxField";
    static props = { ...BooleanField.props, label: { type: String, optional: true } };
}

registry.category("fields").add("jxc_named_checkbox", {
    ...booleanField,
    component: NamedCheckboxField,
    extractProps: ({ string }) => ({ label: string }),
});
