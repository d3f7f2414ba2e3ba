import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** Choose a file that the test has offered, as a person would from the disk. */
function choose(name) {
    return async ({ anchor }) => {
        const found = await rpc("/web/dataset/call_kw/ir.attachment/search_read", {
            model: "ir.attachment",
            method: "search_read",
            args: [[["name", "=", name]], ["id"]],
            kwargs: { limit: 1 },
        });
        const response = await fetch(`/web/content/${found[0].id}`);
        const transfer = new DataTransfer();
        transfer.items.add(new File([await response.blob()], name));
        anchor.files = transfer.files;
        anchor.dispatchEvent(new Event("change", { bubbles: true }));
    };
}

const upload = (name) => [
    { trigger: ".o_list_button_add", run: "click" },
    {
        trigger: ".o_field_widget[name=file] input[type=file]:not(:visible)",
        run: choose(name),
    },
    { trigger: `.o_field_widget[name=file] input[type=text]:value(${name})` },
    { trigger: "button[name=action_read]", run: "click" },
];

// From the first click: a messy file is read and checked, its errors downloaded.
registry.category("web_tour.tours").add("jxc_import_messy", {
    steps: () => [
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        { trigger: ".o_app[data-menu-xmlid='stock.menu_stock_root']", run: "click" },
        {
            trigger: "button[data-menu-xmlid='stock.menu_stock_config_settings']",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item[data-menu-xmlid='jxc_optimizer.menu_jxc_import']",
            run: "click",
        },
        ...upload("messy.xls"),
        {
            content: "the columns are recognised",
            trigger: ".o_data_row:contains('数量') td[name=meaning]:contains('Quantity')",
        },
        { trigger: "button[name=action_check]:contains('Check')", run: "click" },
        { trigger: ".o_jxc_import_report:contains('40 of 45 rows are right')" },
        { trigger: ".o_jxc_import_report:contains('The column Date holds no date')" },
        { trigger: ".o_jxc_import_report:contains('No warehouse has this name')" },
        { trigger: "button[name=action_download_errors]", run: "click" },
        { trigger: "button[name=action_import]:contains('Right Rows')", run: "click" },
        { trigger: ".modal button.btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Imported')" },
    ],
});

registry.category("web_tour.tours").add("jxc_import_mended", {
    steps: () => [
        ...upload("mended.xlsx"),
        { trigger: "button[name=action_check]:contains('Check')", run: "click" },
        { trigger: ".o_jxc_import_report:contains('5 of 5 rows are right')" },
        { trigger: "button[name=action_import]:visible", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Imported')" },
    ],
});

registry.category("web_tour.tours").add("jxc_import_suggestion", {
    steps: () => [
        { trigger: ".o_data_row:contains('圆珠笔') button[name=action_jxc_apply]" },
    ],
});
