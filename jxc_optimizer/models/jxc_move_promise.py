from odoo import fields, models
from odoo.tools import SQL

from .jxc_demand_scope import DEMAND_USAGES, STOCK_USAGES


class JxcMovePromise(models.Model):
    """When goods were first to leave, of the moves confirmed since the installation.

    Odoo overwrites a move's scheduled date when it is done. A trigger of the database
    keeps the one it was confirmed with, of moves that leave a warehouse for where they
    are wanted. Rows are only ever added, one for each move.
    """

    _name = "jxc.move.promise"
    _description = "First Scheduled Date of a Stock Move"
    _log_access = False

    move_id = fields.Integer(required=True)
    date = fields.Datetime(required=True)

    _move = models.UniqueIndex("(move_id)")

    def init(self):
        """Create the triggers; they go with this table, see ``jxc.demand.change``."""
        cr = self.env.cr
        cr.execute(_FUNCTION)
        for event, condition in (
            ("INSERT", "NEW.state NOT IN ('draft', 'cancel', 'done')"),
            ("UPDATE", "OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'cancel')"),
        ):
            cr.execute(
                SQL(
                    """DROP TRIGGER IF EXISTS %(name)s ON stock_move;
                       CREATE TRIGGER %(name)s AFTER %(event)s ON stock_move
                         FOR EACH ROW
                         WHEN (%(condition)s AND jxc_move_promised(NULL))
                         EXECUTE FUNCTION jxc_move_promise()""",
                    name=SQL.identifier(f"jxc_move_promise_{event.lower()}"),
                    event=SQL(event),  # pylint: disable=sql-injection
                    condition=SQL(condition),  # pylint: disable=sql-injection
                )
            )


_FUNCTION = SQL(
    """
CREATE OR REPLACE FUNCTION jxc_move_promised(jxc_move_promise) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT true';

CREATE OR REPLACE FUNCTION jxc_move_promise() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jxc_move_promise (move_id, date)
    SELECT NEW.id, CASE WHEN NEW.state = 'done' THEN OLD.date ELSE NEW.date END
      FROM stock_location source, stock_location target
     WHERE source.id = NEW.location_id AND target.id = NEW.location_dest_id
       AND source.usage IN %(stock)s AND target.usage IN %(wanted)s
       AND source.warehouse_id IS DISTINCT FROM target.warehouse_id
        ON CONFLICT (move_id) DO NOTHING;
    RETURN NULL;
END $$
""",
    stock=STOCK_USAGES,
    wanted=DEMAND_USAGES,
)
