import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

const LOOKS = {
    out: { icon: "fa-times-circle", color: "text-danger" },
    order: { icon: "fa-exclamation-triangle", color: "text-warning" },
    soon: { icon: "fa-clock-o", color: "text-info" },
    enough: { icon: "fa-check", color: "text-success" },
    excess: { icon: "fa-archive", color: "text-muted" },
};

/** What a rule needs, as a word with an icon: never by colour alone. */
export class StatusField extends SelectionField {
    static template = "jxc_optimizer.StatusField";

    get look() {
        return LOOKS[this.value];
    }
}

registry.category("fields").add("jxc_status", { ...selectionField, component: StatusField });
