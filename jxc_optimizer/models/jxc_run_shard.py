from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL

from .jxc_among import among
from .jxc_arrays import packed
from .jxc_planner import Stopwatch, add_times


class JxcRunShard(models.Model):
    """Some products of a run: its unit of work, and of starting again."""

    _name = "jxc.run.shard"
    _inherit = ["jxc.arrays"]
    _description = "Part of an Optimisation Run"
    _order = "run_id, first_product_id"
    _kept_in = ("payload", "demand", "booked", "settled")

    run_id = fields.Many2one("jxc.run", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    first_product_id = fields.Integer(required=True)
    last_product_id = fields.Integer(required=True)
    # not read with the others: they are long, and the parts are looked at often
    inputs = fields.Json(
        prefetch=False,
        help="Product id -> digest of what its policies are computed from.",
    )
    kept = fields.Json(
        prefetch=False,
        help="Those of the products whose digest is as it was: what is measured on an "
        "article's own day stays.",
    )
    share = fields.Json(
        prefetch=False, help="Of the first count: which products it counts."
    )
    state = fields.Selection(
        [
            ("uncounted", "Not Counted"),
            ("counted", "Counted"),
            ("new", "New"),
            ("compared", "Compared"),
            ("waiting", "Waiting"),
            ("read", "Read"),
            ("published", "Published"),
            ("done", "Done"),
        ],
        required=True,
        default="waiting",
    )
    timings = fields.Json(help="Of its steps.")
    policies_changed = fields.Integer()
    rules_changed = fields.Integer()
    rules_applied = fields.Integer()
    series = fields.Integer(help="Product × location pairs with history.")
    # what needs nothing of the part's own products is shared out among the parts
    days_from = fields.Date(help="First of the days whose deliveries it reads.")
    days_until = fields.Date(help="Last of them.")
    watched_from = fields.Integer(
        help="First of the products whose exceptions it finds: its own, and those up "
        "to the next part's, whose policies stay."
    )
    watched_until = fields.Integer(help="Last of them.")
    settled = fields.Binary(
        attachment=False,
        help="What the comparison with all others added to its arrays.",
        groups="base.group_system",
    )
    booked = fields.Binary(
        attachment=False,
        help="What left on these days, until it is added up.",
        groups="base.group_system",
    )

    def _products(self) -> list[int]:
        self.ensure_one()
        return [int(product) for product in self.inputs]

    def _claim_one(self):
        """The first of the shards that nobody works on, locked until the next commit.

        An OperationalError if somebody has changed it since this transaction began.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM jxc_run_shard WHERE id = ANY (%s)
                    ORDER BY first_product_id, id LIMIT 1 FOR UPDATE SKIP LOCKED""",
                self.ids,
            ),
            log_exceptions=False,
        )
        return self.browse(shard for (shard,) in self.env.cr.fetchall())

    def _do_step(self, watch: Stopwatch) -> None:
        """The shard's next step, and how long it took."""
        self.ensure_one()
        self.run_id.with_company(self.company_id)._do_shard(self, watch)
        self.timings = add_times(self.timings or {}, watch.steps)

    def _keep_booked(self, arrays: dict) -> None:
        self._keep({"booked": packed(arrays)})

    def _load_booked(self) -> list[dict]:
        """What left on the days that the parts have read."""
        return [part._arrays("booked") for part in self if part.days_from]

    def _keep_settled(self, payload: dict, known: dict) -> None:
        """Keep what settling has added to the arrays that are kept already."""
        added = {
            name: values
            for name, values in payload.items()
            if values is not known.get(name)
        }
        self._keep({"settled": packed(added)})

    def _load_settled(self) -> dict:
        """All that is known of the part's articles."""
        return {
            **self._load(),
            **self._arrays("settled"),
            "demand": self._load_demand(),
        }

    def _find_inputs(self) -> None:
        """The digests of its products, unless they are known."""
        if None in self.inputs.values():
            digests = self.env["jxc.policy.input"]._read_digests(
                self.company_id, self.run_id.date, self._products()
            )
            self.inputs = {
                product: digests.get(int(product)) for product in self.inputs
            }

    def _forget(self) -> None:
        """Drop what was kept, except what somebody still works on."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM jxc_run_shard
                    WHERE id = ANY (%s) AND payload IS NOT NULL
                      FOR UPDATE SKIP LOCKED""",
                self.ids,
            )
        )
        return super(JxcRunShard, self.browse(shard for (shard,) in rows))._forget()

    def _chosen(self, table: str | None = None) -> SQL:
        """Condition on ``product_id``: the shard's products."""
        column = SQL.identifier(*filter(None, (table, "product_id")))
        return among(self._products(), column)
