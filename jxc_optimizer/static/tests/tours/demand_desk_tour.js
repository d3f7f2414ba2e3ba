import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("jxc_demand_desk", {
    steps: () => [
        { trigger: ".o_jxc_desk_chart canvas" },
        {
            content: "the week that stands out will come again after all",
            trigger: "tr[data-state=proposed] button[data-decide=reject]",
            run: "click",
        },
        { trigger: "tr[data-state=rejected]" },
        { trigger: "button[data-action=event]", run: "click" },
        {
            content: "half as much again, from today on",
            trigger: ".modal .o_field_widget[name=expected_change] input",
            run: "edit 50",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "tr[data-event=promotion]:contains('+50')" },
        {
            content: "the screen says what that does to the suggestion",
            trigger: "dl dd:contains('with the next run')",
        },
    ],
});

registry.category("web_tour.tours").add("jxc_demand_adjust", {
    steps: () => [
        { trigger: ".o_jxc_desk_chart canvas" },
        { trigger: "body:not(:has(button[data-action=event]))" },
        { trigger: "button[data-action=adjust]", run: "click" },
        { trigger: ".modal .o_field_widget[name=quantity] input", run: "edit 60" },
        { trigger: ".modal .o_field_widget[name=note] input", run: "edit New customer" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "tr[data-event=adjustment]:contains('New customer')" },
    ],
});
