import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";

/** A tour whose steps wait longer than usual: figures of years are read on the way. */
function add(name, steps) {
    registry.category("web_tour.tours").add(name, {
        steps: () => steps.map((step) => ({ timeout: 60000, ...step })),
    });
}

/** Change to another view; a phone hides them in a menu. */
function view(name, title, drawn) {
    return [
        {
            isActive: ["desktop"],
            trigger: `.o_cp_switch_buttons .o_switch_view.o_${name}`,
            run: "click",
        },
        { isActive: ["mobile"], trigger: ".o_cp_switch_buttons > button", run: "click" },
        {
            isActive: ["mobile"],
            trigger: `.o-dropdown-item:contains('${title}')`,
            run: "click",
        },
        { content: `drawn as ${name}`, trigger: drawn },
    ];
}

// The key figures month by month: as pivot, as chart, as list.
add("jxc_key_figures", [
    { trigger: ".o_pivot table th:contains('Turns')" },
    ...view("graph", "Graph", ".o_graph_renderer canvas"),
    ...view("list", "List", `${rows} td[name=stock_value]`),
]);

// What sells faster or slower, then by category, then which seasons are ahead.
add("jxc_pace", [
    { trigger: `${rows}:contains('Steady') td[name=sold_qty]` },
    { trigger: `${rows}:contains('Steady') button[name=action_demand_desk]`, run: "click" },
    { trigger: ".o_jxc_desk_chart canvas" },
]);
add("jxc_pace_pivot", [
    { trigger: `${rows}` },
    ...view("pivot", "Pivot", ".o_pivot table th:contains('Sold')"),
]);
add("jxc_season", [
    {
        content: "what to order before the peak, and until when",
        trigger: `${rows}:contains('Steady') td[name=season_qty]:contains('120')`,
    },
    { trigger: `${rows} td[name=order_by]` },
]);

// How near forecasts came: as pivot, chart and list; and what adjustments added.
add("jxc_accuracy", [
    { trigger: ".o_pivot table th:contains('WAPE')" },
    ...view("graph", "Graph", ".o_graph_renderer canvas"),
    ...view("list", "List", `${rows}:contains('Steady') td[name=wape]`),
]);
add("jxc_value_added", [
    { trigger: ".o_pivot table th:contains('Sales')" },
    ...view("list", "List", `${rows} td[name=event_id]:contains('New customer')`),
]);

// Events, one-offs, replacements, and changes of classes.
add("jxc_events", [
    { trigger: `${rows} td[name=name]:contains('New customer')`, run: "click" },
    { trigger: ".o_form_view .o_field_widget[name=note]" },
]);
add("jxc_opens_list", [
    { trigger: `${rows}, .o_kanban_record:not(.o_kanban_ghost), .o_view_nocontent` },
]);

// Make the report of a month; it can be printed, and sent where there are recipients.
add("jxc_monthly_report", [
    { trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
    { trigger: ".o_form_view .o_field_widget[name=month]" },
    { trigger: ".o_form_button_save", run: "click" },
    { trigger: "button[name=action_print]" },
    {
        isActive: ["mobile"],
        trigger: ".o_statusbar_buttons button[title=More]",
        run: "click",
    },
    { trigger: "button[name=action_send]", run: "click" },
    {
        content: "without recipients it says where to name them",
        trigger: ".modal .modal-body:contains('recipients')",
    },
    { trigger: ".modal .modal-footer button", run: "click" },
    { trigger: "body:not(:has(.modal))" },
]);
