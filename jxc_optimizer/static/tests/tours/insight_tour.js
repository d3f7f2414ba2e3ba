import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const rows = ".o_list_renderer .o_data_row";

/** Change to another view; a phone hides them in a menu. */
function view(name, drawn) {
    return [
        {
            trigger: `.o_cp_switch_buttons .o_switch_view.o_${name}, .o_cp_switch_buttons .dropdown-toggle`,
            run(helpers) {
                const open = document.querySelector(
                    ".o_cp_switch_buttons .dropdown-toggle"
                );
                const direct = document.querySelector(
                    `.o_cp_switch_buttons > .o_switch_view.o_${name}`
                );
                helpers.click(direct || open);
            },
        },
        {
            trigger: `${drawn}, .o-dropdown--menu .dropdown-item:has(.oi-view-${name})`,
            run() {
                document
                    .querySelector(`.o-dropdown--menu .dropdown-item:has(.oi-view-${name})`)
                    ?.click();
            },
        },
        { content: `drawn as ${name}`, trigger: drawn },
    ];
}

// The key figures month by month: as pivot, as chart, as list.
tours.add("jxc_key_figures", {
    steps: () => [
        { trigger: ".o_pivot table th:contains('Turns')" },
        ...view("graph", ".o_graph_renderer canvas"),
        ...view("list", `${rows} td[name=stock_value]`),
    ],
});

// What sells faster or slower, then by category, then which seasons are ahead.
tours.add("jxc_pace", {
    steps: () => [
        { trigger: `${rows}:contains('Steady') td[name=sold_qty]` },
        { trigger: `${rows}:contains('Steady') button[name=action_demand_desk]`, run: "click" },
        { trigger: ".o_jxc_desk_chart canvas" },
    ],
});
tours.add("jxc_pace_pivot", {
    steps: () => [
        { trigger: `${rows}` },
        ...view("pivot", ".o_pivot table th:contains('Sold')"),
    ],
});
tours.add("jxc_season", {
    steps: () => [
        {
            content: "what to order before the peak, and until when",
            trigger: `${rows}:contains('Steady') td[name=season_qty]:contains('120')`,
        },
        { trigger: `${rows} td[name=order_by]` },
    ],
});

// How near forecasts came: as pivot, chart and list; and what adjustments added.
tours.add("jxc_accuracy", {
    steps: () => [
        { trigger: ".o_pivot table th:contains('WAPE')" },
        ...view("graph", ".o_graph_renderer canvas"),
        ...view("list", `${rows}:contains('Steady') td[name=wape]`),
    ],
});
tours.add("jxc_value_added", {
    steps: () => [
        { trigger: ".o_pivot table th:contains('Sales')" },
        ...view("list", `${rows} td[name=event_id]:contains('New customer')`),
    ],
});

// Events, one-offs, replacements, and changes of classes.
tours.add("jxc_events", {
    steps: () => [
        { trigger: `${rows}:contains('New customer')`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=note]" },
    ],
});
tours.add("jxc_opens_list", {
    steps: () => [{ trigger: `${rows}, .o_view_nocontent` }],
});

// Make the report of a month; it can be printed, and sent where there are recipients.
tours.add("jxc_monthly_report", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=month]" },
        { trigger: ".o_form_button_save, .o_form_button_create", run: "click" },
        { trigger: "button[name=action_print]" },
        { trigger: "button[name=action_send]", run: "click" },
        {
            content: "without recipients it says where to name them",
            trigger: ".modal .modal-body:contains('recipients')",
        },
        { trigger: ".modal .modal-footer button", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
