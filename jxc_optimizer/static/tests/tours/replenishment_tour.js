import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";

/** Wait until the list has stopped changing: filters reload it one after the other. */
async function settle() {
    const text = () => document.querySelector(".o_list_renderer")?.textContent;
    let before;
    do {
        before = text();
        await new Promise((resolve) => setTimeout(resolve, 1200));
    } while (before !== text());
}

/** Tick the first rows of the list; again those that a reload of the list unticked. */
async function tickRows(helpers, count) {
    const ticked = (index) =>
        document
            .querySelectorAll(rows)
            [index]?.classList.contains("o_data_row_selected");
    const indices = [...Array(count).keys()];
    for (let attempt = 0; attempt < 3 && !indices.every(ticked); attempt++) {
        await settle();
        for (const index of indices) {
            if (!ticked(index)) {
                await helpers.click(`${rows}:eq(${index}) .o_list_record_selector`);
            }
        }
        await settle();
    }
}

// Open Replenishment, filter class A, read the popover, apply suggestions, order.
registry.category("web_tour.tours").add("jxc_apply_and_order", {
    steps: () => [
        { trigger: `${rows} td[name=jxc_class]`, run: settle },
        {
            content: "read why",
            trigger: `${rows}:has(button[name=action_jxc_apply]):first td[name=jxc_why] a.fa`,
            run: "click",
        },
        { trigger: `${rows} .o_jxc_suggestion:contains('→')` },
        { trigger: ".o_jxc_why:contains('expected demand')" },
        { trigger: ".o_jxc_why:contains('=')" },
        { trigger: ".o_control_panel .breadcrumb, .o_breadcrumb", run: "click" },
        {
            content: "show manual and automatic rules",
            trigger: ".o_search_panel_category_value:first header",
            run: "click",
        },
        {
            content: "also those with nothing to order today",
            trigger: ".o_searchview_facet:contains('To Reorder') .o_facet_remove",
            run: "click",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o_menu_item:contains('Class A')", run: "click" },
        {
            content: "only those whose suggestion differs",
            trigger: ".o_filter_menu .o_menu_item:contains('Suggestion Differs')",
            run: "click",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: `.o_facet_value:contains('Class A')` },
        { trigger: `${rows}:first td[name=jxc_class]:contains('A')` },
        {
            content: "tick twenty",
            trigger: `${rows}:has(button[name=action_jxc_apply])`,
            run: (helpers) => tickRows(helpers, 20),
        },
        { trigger: ".o_selection_box:contains('20')" },
        {
            trigger: ".o_selection_container button:contains('Apply Suggestions')",
            run: "click",
        },
        { trigger: ".o_notification:contains('20 reordering rules updated')" },
    ],
});

// Order the first article; the notification names the RFQ.
registry.category("web_tour.tours").add("jxc_order", {
    steps: () => [
        {
            content: "order the first one",
            trigger: `${rows} button[name=action_replenish]:first`,
            run: "click",
        },
        { trigger: ".o_notification:contains('replenishment order') a" },
    ],
});

// The screens of the planner open and show their figures.
registry.category("web_tour.tours").add("jxc_planner_screens", {
    steps: () => [
        { trigger: ".o_data_row td[name=matrix_class]:contains('A')" },
        { trigger: ".o_data_row td[name=product_id]:first", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=safety_stock]" },
        { trigger: ".o_form_view .o_field_widget[name=protection_demand]" },
        { trigger: ".o_form_view .o_field_widget[name=product_id] a, .o_form_view h1 a", run: "click" },
        { trigger: ".o_form_view .nav-link[name=jxc_policy]", run: "click" },
        { trigger: ".o_field_widget[name=jxc_policy_ids] .o_data_row td[name=matrix_class]" },
    ],
});

registry.category("web_tour.tours").add("jxc_chinese", {
    steps: () => [
        { trigger: `${rows} td[name=jxc_class]` },
        { trigger: "th[data-name=jxc_safety_stock]:contains('安全库存')" },
        {
            trigger: `${rows}:has(button[name=action_jxc_apply]):first td[name=jxc_why] a.fa`,
            run: "click",
        },
        { trigger: ".o_jxc_why:contains('预计需求')" },
        { trigger: ".o_jxc_why:contains('订货批量')" },
    ],
});

registry.category("web_tour.tours").add("jxc_empty", {
    steps: () => [{ trigger: ".o_view_nocontent:contains('No policies yet')" }],
});

registry.category("web_tour.tours").add("jxc_read_rfq", {
    steps: () => [
        {
            trigger:
                ".o_form_view .o_field_widget[name=order_line] .o_data_row td[name=product_qty]",
        },
    ],
});
