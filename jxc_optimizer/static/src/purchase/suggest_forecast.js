import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PurchaseSuggestCatalogSearchPanel } from "@purchase_stock/product_catalog/search/search_panel";

patch(PurchaseSuggestCatalogSearchPanel, {
    basedOnOptions: [
        ["jxc_forecast", _t("Forecast with safety stock")],
        ...PurchaseSuggestCatalogSearchPanel.basedOnOptions,
    ],
});
