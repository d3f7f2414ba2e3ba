"""Rates that vendor prices in other currencies are converted at."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import models

from .jxc_own_week import week_end


class JxcSupply(models.AbstractModel):
    _inherit = "jxc.supply"

    def _read_rates(self, company, pairs: set[tuple], today) -> dict[tuple, float]:
        """(product, currency or None) -> its rate on the day after the product's weeks.

        Rates that change every day change a price as often as its article is planned.
        """
        foreign = [
            pair for pair in pairs if pair[1] not in (None, company.currency_id.id)
        ]
        rates = dict.fromkeys(pairs, 1.0)
        if not foreign:
            return rates
        product_ids, currencies = zip(*foreign, strict=True)
        ends = week_end(np.array(product_ids), today - timedelta(days=1))
        known = {}
        for pair, currency, end in zip(foreign, currencies, ends.tolist(), strict=True):
            if (currency, end) not in known:
                known[currency, end] = (
                    self.env["res.currency"]
                    .browse(currency)
                    ._convert(
                        1.0,
                        company.currency_id,
                        company,
                        end + timedelta(days=1),
                        round=False,
                    )
                )
            rates[pair] = known[currency, end]
        return rates
