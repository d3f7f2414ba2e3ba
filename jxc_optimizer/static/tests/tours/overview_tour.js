import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("jxc_overview", {
    steps: () => [
        { trigger: "dl dt:contains('Inventory')" },
        { trigger: ".o_jxc_month_chart canvas" },
        {
            content: "the article that ran out is named",
            trigger: "section[data-exception=out] li:contains('Gone')",
        },
        { trigger: "section[data-exception=surplus] li:contains('None today')" },
        { trigger: "section[data-exception=excess] > button", run: "click" },
        {
            content: "the list behind the tile has that article only",
            trigger: ".o_data_row:contains('Heap'), .o_kanban_record:contains('Heap')",
        },
        { trigger: "body:not(:has(.o_data_row:contains('Gone')))" },
        { trigger: ".o_back_button, .breadcrumb-item a, .o_breadcrumb a", run: "click" },
        { trigger: "section[data-exception=out] li button", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=safety_stock]" },
    ],
});

registry.category("web_tour.tours").add("jxc_overview_empty", {
    steps: () => [
        { trigger: ".o_nocontent_help:contains('No history yet')" },
        { trigger: ".o_nocontent_help button.btn-primary", run: "click" },
        { trigger: ".o_breadcrumb:contains('Import')" },
    ],
});

registry.category("web_tour.tours").add("jxc_matrix", {
    steps: () => [
        { trigger: ".o_jxc_month_chart canvas" },
        { trigger: "select[name=measure]", run: "select on_hand_value" },
        {
            content: "the settings of a class are changed where they are shown",
            trigger: "button[data-edit=AX]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=fill_floor] input", run: "edit 97" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) td:contains('at least 97')" },
        { trigger: "button[data-cell=AX]:contains('1')", run: "click" },
        { trigger: ".o_data_row:contains('Gone'), .o_kanban_record:contains('Gone')" },
        { trigger: "body:not(:has(.o_data_row:contains('Heap')))" },
    ],
});
