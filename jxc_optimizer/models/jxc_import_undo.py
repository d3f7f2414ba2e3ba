"""Taking an import back: what it brought counts no longer at once, the articles that it
created go one after another."""

from __future__ import annotations

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: created articles that one unit of work takes back
ARTICLES = 100


class JxcImport(models.Model):
    _inherit = "jxc.import"

    def action_undo(self):
        """Take a whole import back; created articles, if many, in the background."""
        self.check_access("write")
        for record in self:
            if record.state != "done":
                raise UserError(self.env._("Only finished imports can be undone."))
            missed = record._say_missed()
            record._begin("undoing", "done")
            record._remove_entries()
            record.change_ids._take_back()
            self.env["jxc.import.parameter"]._take_back(record)
            record._record({"message": missed})
            record._go_on()

    def _is_little(self) -> bool:
        if self.state == "undoing":
            return len(self._created_articles()) <= ARTICLES
        return super()._is_little()

    def _undo_unit(self):
        """Take the next created articles back; nothing is left to do when none is."""
        created = self._created_articles()
        products = created.filtered(lambda product: product.id >= self.next_product)
        if not products:
            self._forget_rows()
            self._record({"state": "undone", "progress": 100, "next_product": 0})
            return
        todo = products.sorted("id")[:ARTICLES]
        following = todo[-1].id + 1
        self._remove_articles(todo)
        left = len(products) - len(todo)
        self._record(
            {
                "next_product": following,
                "progress": 100 - (100 - self.progress) * left / len(products),
            }
        )

    def _created_articles(self):
        """The articles that the import created and that are still there."""
        # sudo: what an import brought is taken back by whoever may undo it
        matches = self.match_ids.sudo()
        return matches.filtered(lambda match: match.status == "created").product_id

    def _remove_articles(self, products):
        """Delete articles; archive those in use since, leave those of other imports."""
        products -= self._in_other_imports(products)
        decided = self._with_decisions(products)
        decided.action_archive()
        self._delete_or_archive(products - decided)

    def _delete_or_archive(self, products):
        try:
            with self.env.cr.savepoint():
                products.unlink()
        except (psycopg2.IntegrityError, UserError):
            for product in products:
                try:
                    with self.env.cr.savepoint():
                        product.unlink()
                except (psycopg2.IntegrityError, UserError):
                    product.action_archive()

    def _in_other_imports(self, products):
        """The articles that other imports mean, whatever they bring."""
        # sudo: also imports of companies that the user does not see
        others = self.env["jxc.import.match"].sudo().search(
            [
                ("product_id", "in", products.ids),
                ("import_id", "!=", self.id),
                ("import_id.state", "not in", ("cancelled", "undone")),
            ]
        )  # fmt: skip
        return products & others.product_id

    def _with_decisions(self, products):
        """The articles with demand that people wrote or judged: it would go with them,
        since the database deletes it without asking."""
        decided = self.env.execute_query(
            SQL(
                """SELECT product_id FROM jxc_demand_entry
                    WHERE product_id = ANY(%(ids)s)
                    UNION
                   SELECT product_id FROM jxc_demand_one_off
                    WHERE product_id = ANY(%(ids)s) AND state != 'proposed'""",
                ids=products.ids,
            )
        )
        return products.browse([product for [product] in decided])

    def _remove_entries(self):
        """Take the rows back that the import wrote, whether they count yet or not."""
        self.env.cr.execute(
            SQL("DELETE FROM jxc_demand_entry WHERE batch = %s", self._batch())
        )
        self.env.cr.execute(
            SQL("DELETE FROM jxc_demand_one_off WHERE batch = %s", self._batch())
        )
        self._events().unlink()
        self.env["jxc.demand.entry"].invalidate_model()
        self.env["jxc.demand.one.off"].invalidate_model()
        self._record({"next_product": 0})

    def _forget_rows(self):
        self.env.cr.execute(
            SQL("DELETE FROM jxc_import_row WHERE import_id = %s", self.id)
        )
        self._record({"packed": False})
