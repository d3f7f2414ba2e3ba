import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";
const tours = registry.category("web_tour.tours");

// The planner lets the runs apply what they suggest for a class.
tours.add("jxc_planner_automatic", {
    steps: () => [
        { trigger: `${rows}:has(td[name=name]:contains('AY')) td[name=mode]`, run: "click" },
        { trigger: `${rows} .o_field_widget[name=mode] input`, run: "click" },
        { trigger: ".o_select_menu_item:contains('Automatic')", run: "click" },
        { trigger: ".o_list_button_save:enabled", run: "click" },
        { trigger: `${rows}:has(td[name=name]:contains('AY')) td[name=mode]:contains('Automatic')` },
    ],
});

// The morning after: read the log, take back what the run applied.
tours.add("jxc_planner_log", {
    steps: () => [
        { trigger: `${rows}:first td[name=date]`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=timing_text]" },
        { trigger: ".o_form_view .o_field_widget[name=rules_applied]:not(:contains(/^0$/))" },
        { trigger: "button[name=action_revert]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_notification:contains('old minimum and maximum')" },
    ],
});
