import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { PopoverComponent, PopoverWidgetField } from "@stock/widgets/popover_widget";

/** The explanation of a suggestion, which leads on to the demand behind it. */
class WhyPopover extends PopoverComponent {
    setup() {
        this.action = useService("action");
    }

    openDemand() {
        this.props.close();
        return this.action.doAction("jxc_optimizer.action_jxc_demand_desk", {
            additionalContext: {
                active_id: this.props.productId,
                jxc_location_id: this.props.locationId,
            },
        });
    }
}

class WhyField extends PopoverWidgetField {
    static components = { Popover: WhyPopover };
}

registry.category("fields").add("jxc_why", { component: WhyField, supportedTypes: ["char"] });
