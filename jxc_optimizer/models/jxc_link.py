"""References without foreign keys, for tables that runs write by the hundred thousand.

PostgreSQL looks up what each key of each new row refers to, one by one: three quarters
of the time of writing policies. Here what is referred to is held for all new rows at
once, and what a key does when that is deleted, ``jxc.linked`` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from odoo import api, fields, models, tools
from odoo.tools import SQL
from odoo.tools.sql import drop_constraint, get_foreign_keys


class Link(fields.Many2one):
    """A many2one without foreign key; its comodel has to inherit ``jxc.linked``."""

    def update_db_foreign_key(self, model, column):
        """Drop what an earlier version made."""
        keys = get_foreign_keys(
            model.env.cr,
            model._table,
            self.name,
            model.env[self.comodel_name]._table,
            "id",
            self.ondelete,
        )
        for name in keys:
            drop_constraint(model.env.cr, model._table, name)


def hold(model, table: str, names: Sequence[str]) -> None:
    """Let nobody delete what rows about to be written refer to, until we commit.

    Fails, as a foreign key would, if somebody has done so since we began.

    :param table: work table with columns of the model
    :param names: those of them that are links
    """
    held = SQL(", ").join(
        SQL(
            # an array: of many, with a join, all of the table would be read
            """(SELECT count(*) FROM (
                SELECT FROM %s WHERE id = ANY (ARRAY(SELECT DISTINCT %s FROM %s))
                   FOR KEY SHARE) held)""",
            SQL.identifier(model.env[model._fields[name].comodel_name]._table),
            SQL.identifier(name),
            SQL.identifier(table),
        )
        for name in names
    )
    model.env.cr.execute(SQL("SELECT %s", held))


class JxcLink(models.AbstractModel):
    _name = "jxc.link"
    _description = "References without Foreign Keys"

    @api.model
    @tools.ormcache()
    def _links(self) -> tuple[tuple[str, str, str, str], ...]:
        """Table, column, comodel and what is done when that is deleted."""
        return tuple(
            (model._table, name, field.comodel_name, field.ondelete)
            for model in self.env.registry.values()
            if model._auto and not model._abstract
            for name, field in model._fields.items()
            if isinstance(field, Link) and field.store
        )

    @api.model
    def _forget(self, records) -> None:
        """Do to references what foreign keys would when the records are deleted."""
        for table, column, comodel, ondelete in self._links():
            if comodel == records._name:
                gone = SQL("%s = ANY (%s)", SQL.identifier(column), records.ids)
                self.env.cr.execute(_without(table, column, ondelete, gone))

    @api.autovacuum
    def _gc_dangling(self):
        """Forget what was referred to while it was being deleted."""
        self.env.flush_all()
        for table, column, comodel, ondelete in self._links():
            gone = SQL(
                "%s IS NOT NULL AND NOT EXISTS (SELECT FROM %s AS it WHERE it.id = %s)",
                SQL.identifier(column),
                SQL.identifier(self.env[comodel]._table),
                SQL.identifier(table, column),
            )
            self.env.cr.execute(_without(table, column, ondelete, gone))
        self.env.invalidate_all()


def _without(table: str, column: str, ondelete: str, gone: SQL) -> SQL:
    if ondelete == "cascade":
        return SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), gone)
    return SQL(
        "UPDATE %s SET %s = NULL WHERE %s",
        SQL.identifier(table),
        SQL.identifier(column),
        gone,
    )


class JxcLinked(models.AbstractModel):
    """What links refer to."""

    _name = "jxc.linked"
    _description = "Referred to without a Foreign Key"

    def unlink(self):
        # Before: Odoo forgets all it has read when it has deleted.
        self.env.flush_all()
        for records in filter(None, self._jxc_going()):
            self.env["jxc.link"]._forget(records)
        return super().unlink()

    def _jxc_going(self) -> list:
        """All records that will be gone, those that PostgreSQL deletes with these."""
        return [self]


def _with_children(records):
    every = records.with_context(active_test=False)
    return every.search([("id", "child_of", records.ids)])


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "jxc.linked"]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "jxc.linked"]

    def _jxc_going(self) -> list:
        variants = self.with_context(active_test=False).product_variant_ids
        return [*super()._jxc_going(), variants]


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "jxc.linked"]

    def _jxc_going(self) -> list:
        return [_with_children(self)]


class StockWarehouse(models.Model):
    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "jxc.linked"]


class StockLocation(models.Model):
    _name = "stock.location"
    _inherit = ["stock.location", "jxc.linked"]

    def _jxc_going(self) -> list:
        return [_with_children(self)]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "jxc.linked"]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "jxc.linked"]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "jxc.linked"]
