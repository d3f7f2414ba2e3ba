import { registry } from "@web/core/registry";

const rows = ".o_list_renderer .o_data_row";

// Open the ladder, take up a dead article, decide on a discount, see the price rule.
registry.category("web_tour.tours").add("jxc_decide_discount", {
    steps: () => [
        { trigger: `${rows}:contains('Shelf Warmer') td[name=stage]:contains('Dead')` },
        {
            trigger: `${rows}:contains('Shelf Warmer') .o_list_record_selector`,
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_open_cases]",
            run: "click",
        },
        {
            content: "the case tells what the stock is worth",
            trigger: ".o_form_view .o_field_widget[name=value]:contains('1,000.00')",
        },
        { trigger: ".o_field_widget[name=decision] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('Sell at a Discount')", run: "click" },
        {
            trigger: ".o_field_widget[name=pricelist_id] input",
            run: "edit Clearance",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Clearance')",
            run: "click",
        },
        { trigger: ".o_field_widget[name=discount] input", run: "edit 40" },
        { trigger: "button[name=action_decide]", run: "click" },
        {
            content: "the price rule stands",
            trigger: ".o_field_widget[name=pricelist_item_id]:contains('Shelf Warmer')",
        },
        { trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Decided')" },
    ],
});

// Close the case with what has gone since, and find it in the report.
registry.category("web_tour.tours").add("jxc_close_case", {
    steps: () => [
        { trigger: ".o_field_widget[name=left_value]:contains('360.00')" },
        { trigger: "button[name=action_close]", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Done')" },
        { trigger: ".o_field_widget[name=recovered_value]:contains('360.00')" },
    ],
});
