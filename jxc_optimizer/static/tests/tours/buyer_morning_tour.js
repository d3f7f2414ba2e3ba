import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";
const tours = registry.category("web_tour.tours");

/** Wait until the list has stopped changing: filters reload it one after the other. */
async function settle() {
    const text = () => document.querySelector(".o_list_renderer")?.textContent;
    let before;
    do {
        before = text();
        await new Promise((resolve) => setTimeout(resolve, 1200));
    } while (before !== text());
}

async function tickRows(helpers, count) {
    await settle();
    for (let index = 0; index < count; index++) {
        await helpers.click(`${rows}:eq(${index}) .o_list_record_selector`);
    }
}

// The buyer opens Replenishment, reads two reasons, edits one rule with a reason,
// applies and orders what is suggested for one vendor.
tours.add("jxc_morning_replenishment", {
    steps: () => [
        { trigger: `${rows} td[name=jxc_class]`, run: settle },
        { trigger: ".o_search_panel_category_value:first header", run: "click" },
        { trigger: `${rows} td[name=jxc_why]`, run: settle },
        { content: "the first reason", trigger: `${rows}:first td[name=jxc_why] a.fa`, run: "click" },
        { trigger: ".o_popover .o_jxc_why:contains('Order today')" },
        { trigger: ".o_control_panel .breadcrumb, .o_breadcrumb", run: "click" },
        {
            content: "the second one, as a page",
            trigger: `${rows}:eq(1) button[name=action_stock_replenishment_info]`,
            run: "click",
        },
        { trigger: ".modal .o_jxc_stock_chart canvas" },
        { trigger: ".modal .o_jxc_why tr:has(button[data-term=demand])" },
        { content: "other levels", trigger: ".modal button[name=action_jxc_edit]", run: "click" },
        { trigger: ".modal .o_field_widget[name=new_max] input", run: "edit 99999" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit New customer" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))", run: settle },
        {
            content: "one vendor",
            trigger:
                ".o_search_panel_section:has(.o_search_panel_section_header:contains('Main Vendor')) .o_search_panel_filter_value:first input",
            run: "click",
        },
        { trigger: `${rows}:has(button[name=action_jxc_apply])`, run: (helpers) => tickRows(helpers, 5) },
        { trigger: ".o_selection_box:contains('5')" },
        { trigger: ".o_selection_container button:contains('Apply Suggestions')", run: "click" },
        { trigger: ".o_notification:contains('reordering rules updated')", run: settle },
        { trigger: `${rows} td[name=jxc_order_qty]`, run: (helpers) => tickRows(helpers, 1) },
        { trigger: ".o_selection_box:contains('1')" },
        { trigger: ".o_selection_container button:contains('Order What Is Suggested')", run: "click" },
        { trigger: ".o_notification" },
    ],
});

// The request for quotation is completed to the vendor's minimum and confirmed.
tours.add("jxc_morning_rfq", {
    steps: () => [
        { trigger: ".o_field_widget[name=order_line] .o_data_row td[name=jxc_cover_days]" },
        { trigger: "button[name=action_jxc_complete]", run: "click" },
        { trigger: ".o_notification:contains('Lines added')" },
        { trigger: ".o_field_widget[name=order_line] .o_data_row:eq(1)" },
        { trigger: "button[name=button_confirm]:not(.d-none)", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Purchase Order')" },
    ],
});

// One change is taken back.
tours.add("jxc_morning_revert", {
    steps: () => [
        { trigger: `${rows}:first button[name=action_revert]`, run: "click" },
        { trigger: `${rows}:first td[name=reverted_at]:not(:empty)` },
    ],
});

// The planner lets the runs apply what they suggest for a class.
tours.add("jxc_planner_automatic", {
    steps: () => [
        { trigger: `${rows}:has(td[name=name]:contains('AX')) td[name=mode]`, run: "click" },
        { trigger: `${rows} .o_field_widget[name=mode] input`, run: "click" },
        { trigger: ".o_select_menu_item:contains('Automatic')", run: "click" },
        { trigger: ".o_list_button_save:enabled", run: "click" },
        { trigger: `${rows}:has(td[name=name]:contains('AX')) td[name=mode]:contains('Automatic')` },
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
