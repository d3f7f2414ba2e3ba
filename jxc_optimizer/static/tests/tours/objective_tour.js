import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("jxc_objective", {
    steps: () => [
        { content: "nothing replayed yet", trigger: ".o_nocontent_help button[name=replay]", run: "click" },
        { content: "it waits for the background", trigger: ".alert[role=status] .progress" },
        { trigger: ".alert[role=status] button:contains('Cancel')", run: "click" },
        { trigger: ".o_nocontent_help button[name=replay]" },
    ],
});

registry.category("web_tour.tours").add("jxc_objective_use", {
    steps: () => [
        { trigger: ".o_jxc_curve canvas" },
        { trigger: "tr[data-kind=own] td" },
        { trigger: "tr[data-kind=today] td" },
        { trigger: "button[name=use_target]:disabled" },
        {
            content: "moving the target moves the money at once",
            trigger: "#jxc_target",
            run: "range 0.98",
        },
        { trigger: "output[name=target]:contains('98.0%')" },
        { trigger: "button[name=use_target]:not(:disabled)", run: "click" },
        { trigger: ".o_notification:contains('98')" },
        { trigger: "th:contains('Now'):contains('98.0%')" },
        { trigger: "button[name=articles]", run: "click" },
        { trigger: ".o_data_row td[name=verdict], .o_group_header" },
    ],
});

registry.category("web_tour.tours").add("jxc_what_if", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Longer lead times" },
        { trigger: ".o_field_widget[name=condition_ids] .o_data_row:contains('As it is')" },
        { trigger: ".o_field_widget[name=condition_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_selected_row [name=name] input", run: "edit Slow" },
        { trigger: ".o_selected_row [name=lead_percent] input", run: "edit 50" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: "button[name=action_cancel]" },
    ],
});

registry.category("web_tour.tours").add("jxc_what_if_results", {
    steps: () => [
        { trigger: ".o_data_row td[name=name]:contains('Longer lead times')", run: "click" },
        { trigger: ".o_field_widget[name=scenario_ids] .o_data_row:contains('Own rules')" },
        { trigger: ".o_field_widget[name=scenario_ids] .o_data_row:contains('Slow')" },
        { trigger: ".o_field_widget[name=basis]:contains('Replayed day by day')" },
        { trigger: "button[name=action_open_articles]", run: "click" },
        { trigger: ".o_data_row td[name=verdict], .o_group_header" },
    ],
});

registry.category("web_tour.tours").add("jxc_objective_short", {
    steps: () => [
        { trigger: ".o_nocontent_help:contains('Not enough history yet')" },
        { trigger: ".o_nocontent_help:contains('There are 16 weeks')" },
        { trigger: ".o_nocontent_help:contains('It will be there on')" },
        { trigger: ".o_nocontent_help button:contains('Import Sales')" },
    ],
});

registry.category("web_tour.tours").add("jxc_objective_empty", {
    steps: () => [
        { trigger: ".o_nocontent_help:contains('No history yet')" },
        { trigger: ".o_nocontent_help button.btn-primary", run: "click" },
        { trigger: ".o_breadcrumb:contains('Import')" },
    ],
});
