import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const EVERY = 2000;
const WORKING = [
    "waiting", "working", "reading", "checking", "importing", "undoing", "settling", "replaying",
];

/** A progress bar that reloads its record while work goes on in the background. */
export class ImportProgressField extends ProgressBarField {
    setup() {
        super.setup();
        const timer = setInterval(() => {
            const { state } = this.props.record.data;
            if (WORKING.includes(state)) {
                this.props.record.load();
            }
        }, EVERY);
        onWillUnmount(() => clearInterval(timer));
    }
}

registry.category("fields").add("jxc_import_progress", {
    ...progressBarField,
    component: ImportProgressField,
});
