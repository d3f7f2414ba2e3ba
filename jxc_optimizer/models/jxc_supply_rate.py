"""Rates that vendor prices in other currencies are converted at."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import models

from .jxc_own_week import week_end


class JxcSupply(models.AbstractModel):
    _inherit = "jxc.supply"

    def _rates(self, company, rows: np.ndarray, today) -> np.ndarray:
        """Rate of each row's currency on the day after its product's weeks [m].

        Rates that change every day change a price as often as its article is planned.

        :param rows: product_id; currency_id, 0 = the company's
        """
        rates = np.ones(len(rows))
        foreign = np.flatnonzero(
            ~np.isin(rows["currency_id"], [0, company.currency_id.id])
        )
        ends = week_end(rows["product_id"][foreign], today - timedelta(days=1))
        currencies = rows["currency_id"][foreign].tolist()
        known = {}
        for row, currency, end in zip(
            foreign.tolist(), currencies, ends.tolist(), strict=True
        ):
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
            rates[row] = known[currency, end]
        return rates
