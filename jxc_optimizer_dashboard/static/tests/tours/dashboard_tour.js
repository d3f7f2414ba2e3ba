import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("jxc_dashboard", {
    steps: () => [
        { trigger: ".o_spreadsheet_dashboard_action .o-spreadsheet" },
        { trigger: ".o-figure canvas" },
        { trigger: ".o_control_panel:contains('Inventory Key Figures'), .o_search_panel li.active:contains('Inventory Key Figures')" },
    ],
});
