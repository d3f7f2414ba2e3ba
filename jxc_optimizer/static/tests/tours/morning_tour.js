import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";
const VENDOR = "Morning Vendor";
const vendorInPanel = `.o_search_panel_filter_value:contains('${VENDOR}') input`;
const app = (xmlid) => [
    { trigger: ".o_navbar_apps_menu button", run: "click" },
    { trigger: `.o_app[data-menu-xmlid='${xmlid}']`, run: "click" },
];
// A busy machine takes its time, and that is no fault.
const patient = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));
const total = () => parseInt(document.querySelector(".o_pager_limit").textContent.replace(/\D/g, ""));

const isHis = (name) => name.includes(VENDOR);

/** Wait until the vendors of the list are as wanted, all of them or those to order from. */
async function until(wanted, row = rows) {
    const names = () =>
        [...document.querySelectorAll(`${row} td[name=jxc_vendor_id]`)].map((td) => td.textContent);
    for (let second = 0; !wanted(names()); second++) {
        if (second > 45) {
            throw new Error(`These vendors are shown: ${names().join(", ")}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}

let before;

// The buyer's morning: what to order, why, one change, one vendor, his order, the rest.
registry.category("web_tour.tours").add("jxc_buyer_morning", {
    steps: () => patient([
        {
            content: "rules ordered by hand and by the scheduler",
            trigger: ".o_search_panel_category_value:first header",
            run: "click",
        },
        { trigger: ".o_jxc_today:contains('To order today')" },
        {
            content: "how much there is to do",
            trigger: `${rows}:has(td[name=jxc_order_qty]:not(:empty)) td[name=jxc_why] a.fa`,
            run: () => {
                before = total();
            },
        },

        // two reasons: the popover of one article, the page of another
        { trigger: `${rows}:first td[name=jxc_why] a.fa`, run: "click" },
        { trigger: ".o_jxc_why:contains('expected demand')" },
        { trigger: ".o_breadcrumb", run: "click" },
        { trigger: "body:not(:has(.o_popover .o_jxc_why))" },
        {
            trigger: `${rows}:eq(1) button[name=action_stock_replenishment_info]:first`,
            run: "click",
        },
        { trigger: ".modal .o_jxc_why button[data-term]" },
        { trigger: ".modal .o_jxc_stock_chart canvas" },

        // other levels than suggested, and why
        { trigger: ".modal button[name=action_jxc_edit]", run: "click" },
        { trigger: ".modal .o_field_widget[name=new_min] input", run: "edit 4321" },
        { trigger: ".modal .o_field_widget[name=new_max] input", run: "edit 8765" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Fair in May" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "the list is read anew, which also resets its panel",
            trigger: `body:not(:has(.modal)) ${rows} td[name=product_min_qty]:contains('4,321')`,
        },

        // one vendor: take what is suggested for him, and order it
        { trigger: vendorInPanel, run: "click" },
        { trigger: `.o_search_panel_filter_value:contains('${VENDOR}') input:checked` },
        { trigger: `${rows} td[name=jxc_vendor_id]`, run: () => until((names) => names.every(isHis)) },
        { trigger: ".o_list_renderer thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_selection_box:contains('selected')" },
        {
            trigger: ".o_selection_container button:contains('Apply Suggestions')",
            run: "click",
        },
        { trigger: ".o_notification:contains('reordering rules updated')" },
        { trigger: "body:not(:has(.o_selection_box))" },
        { trigger: ".o_list_renderer thead .o_list_record_selector input:enabled", run: "click" },
        {
            trigger: ".o_selection_container button:contains('Order What Is Suggested')",
            run: "click",
        },
        { trigger: ".o_notification:contains('rticles ordered'), .o_notification:contains('replenishment order')" },

        // his request for quotation, up to the minimum value of an order
        ...app("purchase.menu_purchase_root"),
        { trigger: `.o_data_row:contains('${VENDOR}') td[name=partner_id], .o_kanban_record:contains('${VENDOR}')`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=order_line] .o_data_row" },
        { trigger: "button[name=action_jxc_complete]", run: "click" },
        { trigger: ".o_notification:contains('The order is worth')" },
        { trigger: "body:not(:has(.o_notification:contains('is not reached')))" },
        { trigger: "button[name=button_confirm]:visible", run: "click" },
        { trigger: ".o_form_view button[name=action_view_picking], .o_statusbar_status .o_arrow_button_current:contains('Purchase Order')" },

        // back: nothing that was suggested to be ordered from this vendor is left
        ...app("stock.menu_stock_root"),
        { trigger: ".o_menu_sections [data-menu-xmlid='stock.menu_stock_warehouse_mgmt']", run: "click" },
        { trigger: "[data-menu-xmlid='stock.menu_reordering_rules_replenish']", run: "click" },
        { trigger: ".o_search_panel_category_value:first header", run: "click" },
        { trigger: ".o_jxc_today:contains('To order today')" },
        {
            trigger: `${rows} td[name=jxc_vendor_id]`,
            run: async () => {
                await until(
                    (names) => names.length && !names.some(isHis),
                    `${rows}:has(button[name=action_jxc_order])`
                );
                if (!(total() < before)) {
                    throw new Error(`The list did not shrink: ${before}, then ${total()}`);
                }
            },
        },

        // second thoughts about the change made by hand
        { trigger: ".o_menu_sections [data-menu-xmlid='stock.menu_stock_warehouse_mgmt']", run: "click" },
        { trigger: "[data-menu-xmlid='jxc_optimizer.menu_jxc_change']", run: "click" },
        {
            trigger: `${rows}:has(td[name=reason]:contains('Fair in May')) button[name=action_revert]`,
            run: "click",
        },
        { trigger: `${rows}:has(td[name=reason]:contains('Fair in May')):not(:has(button[name=action_revert]))` },
    ]),
});
