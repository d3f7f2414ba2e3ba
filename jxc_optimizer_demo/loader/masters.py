"""Company, warehouses, vendors, customers, articles and prices through the ORM."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from odoo import fields

from .places import Places
from .source import HOME_COUNTRY, Source
from .vendors import BREAKS, VENDORS, Offers

COMPANY = "Online Retail (demo)"
#: London serves the United Kingdom, Rotterdam everybody else
WAREHOUSE_CODES = (("London", "LDN"), ("Rotterdam", "RTM"))
#: the data's names of countries that Odoo calls otherwise
COUNTRY_CODES = {
    HOME_COUNTRY: "gb",
    "EIRE": "ie",
    "Channel Islands": "je",
    "USA": "us",
    "RSA": "za",
    "Hong Kong": "hk",
    "European Community": "be",
    "Czech Republic": "cz",
}
BATCH = 500


def company(env):
    """The demo company, made the default one of the administrator."""
    user = env.ref("base.user_admin")
    pound = env.ref("base.GBP")
    pound.sudo().active = True
    values = {
        "name": COMPANY,
        "currency_id": pound.id,
        "country_id": env.ref("base.uk").id,
        "city": "London",
    }
    if "iap_enrich_auto_done" in env["res.company"]._fields:
        values["iap_enrich_auto_done"] = True  # nothing to look up on the Internet
    # without this a new country installs its accounting and commits on the way
    companies = env["res.company"].with_context(chart_template_load=True)
    made = companies.create(values).with_env(env)
    user.sudo().write({"company_ids": [fields.Command.link(made.id)]})
    user.sudo().company_id = made
    made.partner_id.comment = _about(env)
    return made


def _about(env) -> Markup:
    """What is real here and what is assumed."""
    return Markup("<p>%s</p><p>%s</p>") % (
        env._(
            "Real: articles, prices, customer orders and returns of a British "
            "wholesaler from December 2010 to December 2011 (D. Chen, “Online Retail”, "
            "UCI Machine Learning Repository, CC BY 4.0). Dates are shifted so that "
            "the last order came yesterday."
        ),
        env._(
            "Assumed: the cost (60 % of the median price), categories, warehouses, "
            "vendors with their prices, minimum quantities, lead times and delays, "
            "opening stock, reordering rules, and therefore every purchase, receipt, "
            "stock-out, backorder and cancelled remainder."
        ),
    )


def warehouses(env, owner):
    made = env["stock.warehouse"].search([("company_id", "=", owner.id)], limit=1)
    for warehouse, (name, code) in zip(made, WAREHOUSE_CODES, strict=False):
        warehouse.write({"name": name, "code": code})
    return made | env["stock.warehouse"].create(
        [
            {"name": name, "code": code, "company_id": owner.id}
            for name, code in WAREHOUSE_CODES[len(made) :]
        ]
    )


def places(env, owner, source: Source, offers: Offers, start) -> Places:
    """Everything the history refers to; prices are valid from ``start`` on."""
    products = _products(env, owner, source, offers, start)
    vendors = _vendors(env, owner)
    _prices(env, owner, products, vendors, offers)
    return Places(
        company=owner,
        user=env.user,
        warehouses=warehouses(env, owner),
        products=products,
        customers=_customers(env, owner, source),
        vendors=np.array(vendors.ids),
    )


def _batches(model, values: list[dict]):
    records = model.browse()
    for i in range(0, len(values), BATCH):
        records |= model.create(values[i : i + BATCH])
    return records


def _products(env, owner, source: Source, offers: Offers, start):
    names = sorted(set(source.articles["category"].tolist()))
    parent = env["product.category"].create({"name": COMPANY})
    categories = env["product.category"].create(
        [{"name": name, "parent_id": parent.id} for name in names]
    )
    # the value of past stock depends on the cost method: see the README
    categories.with_company(owner).property_cost_method = "standard"
    of = dict(zip(names, categories.ids, strict=True))
    products = _batches(
        env["product.product"],
        [
            {
                "name": article["name"],
                "default_code": article["code"],
                "type": "consu",
                "is_storable": True,
                "categ_id": of[article["category"]],
                "list_price": article["price"],
                "standard_price": cost,
                "company_id": owner.id,
                "taxes_id": False,
                "supplier_taxes_id": False,
            }
            for article, cost in zip(source.articles, offers.cost.tolist(), strict=True)
        ],
    )
    env.flush_all()
    # Odoo dates a cost when it is typed in; here it holds from the first day on
    env["product.value"].sudo().search([("product_id", "in", products.ids)]).write(
        {"date": start}
    )
    return products


def _vendors(env, owner):
    return env["res.partner"].create(
        [
            {
                "name": vendor.name,
                "is_company": True,
                "company_id": owner.id,
                "city": vendor.city,
                "country_id": _country(env, vendor.country),
                "supplier_rank": 1,
                "comment": env._("Invented for the demo company."),
            }
            for vendor in VENDORS
        ]
    )


def _country(env, code: str) -> int | bool:
    return env["res.country"].search([("code", "=", code.upper())], limit=1).id


def _prices(env, owner, products, vendors, offers: Offers) -> None:
    """Vendor pricelists with price breaks; the minimum is that of the first break."""
    templates = products.product_tmpl_id.ids
    everything = np.arange(len(products))
    values = []
    for sequence, chosen in enumerate((offers.vendor, offers.second), start=1):
        articles = everything[chosen >= 0]
        breaks = BREAKS if sequence == 1 else BREAKS[:1]
        for level, (multiple, _) in enumerate(breaks):
            prices = offers.price(chosen[articles], articles, level)
            values += [
                {
                    "partner_id": vendors[int(chosen[article])].id,
                    "product_tmpl_id": templates[article],
                    "min_qty": int(multiple * offers.minimum[article]),
                    "price": price,
                    "currency_id": owner.currency_id.id,
                    "delay": VENDORS[chosen[article]].days,
                    "sequence": sequence,
                    "company_id": owner.id,
                }
                for article, price in zip(
                    articles.tolist(), prices.tolist(), strict=True
                )
            ]
    _batches(env["product.supplierinfo"], values)


def _customers(env, owner, source: Source) -> np.ndarray:
    """One partner per customer number, and one per country for sales without."""
    keys = [
        (number, country if not number else "")
        for number, country in zip(
            source.order_customer.tolist(), source.order_country.tolist(), strict=True
        )
    ]
    country_of = dict(zip(keys, source.order_country.tolist(), strict=True))
    countries = {name: _find_country(env, name) for name in set(country_of.values())}
    partners = _batches(
        env["res.partner"],
        [
            {
                "name": env._("Customer %s", number)
                if number
                else env._("Without account, %s", country),
                "ref": str(number) if number else False,
                "company_id": owner.id,
                "country_id": countries[country_of[number, country]],
                "customer_rank": 1,
            }
            for number, country in country_of
        ],
    )
    ids = dict(zip(country_of, partners.ids, strict=True))
    return np.array([ids[key] for key in keys])


def _find_country(env, name: str) -> int | bool:
    if name in COUNTRY_CODES:
        return _country(env, COUNTRY_CODES[name])
    return env["res.country"].search([("name", "=", name)], limit=1).id


def rules(env, places: Places, year) -> None:
    """The reordering rules as they stand at the end of the year."""
    size = len(places.products)
    _batches(
        env["stock.warehouse.orderpoint"],
        [
            {
                "product_id": places.products[item % size].id,
                "warehouse_id": places.warehouses[item // size].id,
                "location_id": places.warehouses[item // size].lot_stock_id.id,
                "company_id": places.company.id,
                "product_min_qty": float(year.minimum[item]),
                "product_max_qty": float(year.maximum[item]),
                "trigger": "manual",
            }
            for item in np.flatnonzero(year.ruled).tolist()
        ],
    )
