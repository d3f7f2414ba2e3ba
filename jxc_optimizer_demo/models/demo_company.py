import logging
from contextlib import contextmanager
from datetime import date, timedelta
from time import perf_counter

import numpy as np

from odoo import api, fields, models

from ..loader import masters, source, statistics, writer
from ..loader.simulation import simulate
from ..loader.vendors import offers

_logger = logging.getLogger(__name__)
SEED = 20101201
#: parameter with the company's id; an external id would delete it on uninstallation
PARAMETER = "jxc_optimizer_demo.company_id"


class DemoCompany(models.AbstractModel):
    _name = "jxc.demo.company"
    _description = "Demo company made of real sales"

    @api.model
    def _load(self, articles: int | None = None, last_day: date | None = None):
        """Make the demo company unless it is there, and return it.

        :param articles: so many of the data's articles, from best seller to slowest;
            all of them by default
        :param last_day: date of the last customer order, yesterday by default
        """
        # sudo: only the system reads parameters
        number = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        found = self.env["res.company"].browse(int(number or 0)).exists()
        if found:
            return found
        user = self.env.ref("base.user_admin")
        loader = self.with_env(
            self.env(
                user=user,
                su=True,
                context={"tracking_disable": True, "mail_create_nosubscribe": True},
            )
        )
        last_day = last_day or fields.Date.today() - timedelta(days=1)
        return loader._build(articles, last_day).with_env(self.env)

    def _build(self, articles, last_day):
        random = np.random.default_rng(SEED)
        with _step("Real orders read and their year simulated"):
            sales = source.read(articles)
            bought = offers(sales.articles["price"], random)
            year = simulate(sales, bought, random)
            last = sales.order_time[-1].astype("M8[D]")
            year.journal.shift(np.datetime64(last_day) - last)
            # costs hold from the day before the first one on
            start = year.start + (np.datetime64(last_day) - last)
        with _step("Company, articles, partners and prices created"):
            company = masters.company(self.env)
            env = self.with_company(company).env
            env = env(context={**env.context, "allowed_company_ids": company.ids})
            company = company.with_env(env)
            made = masters.places(env, company, sales, bought, start.item())
        with _step("History written"):
            writer.write(year.journal, made)
        with _step("Reordering rules created"):
            masters.rules(env, made, year)
            env.flush_all()
        self.env["ir.config_parameter"].set_param(PARAMETER, str(company.id))
        for line in statistics.lines(env, year, made):
            _logger.info("%s", line)
        return company


@contextmanager
def _step(title):
    start = perf_counter()
    yield
    _logger.info("%s (%.1f s)", title, perf_counter() - start)
