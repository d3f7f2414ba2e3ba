from odoo import fields, models
from odoo.tools import SQL

#: what decides how a done move line is counted
COUNTED = (
    "state",
    "date",
    "move_id",
    "product_id",
    "company_id",
    "location_id",
    "location_dest_id",
    "owner_id",
    "quantity_product_uom",
)
#: a statement that brings more lines at once is noted as one: recount everything
BULK = 50_000


class JxcDemandChange(models.Model):
    """Done stock moves that changed since demand was last counted.

    Filled by triggers of the database, so that nothing escapes: whoever changes a done
    line, by whatever means, its old and its new day are noted in the same transaction.
    Rows are only ever added by users and only ever deleted by the count: nobody waits
    for anybody. The triggers do nothing to lines that are not done.
    """

    _name = "jxc.demand.change"
    _description = "Change of a Done Stock Move"
    _log_access = False

    company_id = fields.Integer(index=True)
    #: empty when everything has to be counted again
    product_id = fields.Integer()
    move_id = fields.Integer()
    line_id = fields.Integer()
    date = fields.Datetime()

    def init(self):
        """Create the triggers.

        Their condition calls a function of this table's row type. So dropping the
        table, when the add-on is uninstalled, drops function and triggers with it.
        """
        self.env.cr.execute(_FUNCTIONS)
        for table, event, rows, condition, function in _triggers():
            name = SQL.identifier(f"jxc_demand_{event.split()[0].lower()}")
            self.env.cr.execute(
                SQL(
                    """DROP TRIGGER IF EXISTS %(name)s ON %(table)s;
                       CREATE TRIGGER %(name)s AFTER %(event)s ON %(table)s %(rows)s
                         WHEN (%(condition)s jxc_demand_tracked(NULL))
                         EXECUTE FUNCTION %(function)s()""",
                    name=name,
                    table=SQL.identifier(table),
                    event=SQL(event),  # pylint: disable=sql-injection
                    rows=SQL(rows),  # pylint: disable=sql-injection
                    condition=SQL(condition),  # pylint: disable=sql-injection
                    function=SQL.identifier(function),
                )
            )


def _triggers():
    """(table, event, rows, condition, function) of each trigger."""
    old = ", ".join(f"OLD.{column}" for column in COUNTED)
    new = ", ".join(f"NEW.{column}" for column in COUNTED)
    each, line = "FOR EACH ROW", "stock_move_line"
    return [
        (
            line,
            "INSERT",
            "REFERENCING NEW TABLE AS lines FOR EACH STATEMENT",
            "",
            "jxc_demand_lines_added",
        ),
        (
            line,
            "UPDATE",
            each,
            "(OLD.state = 'done' OR NEW.state = 'done')"
            f" AND ({old}) IS DISTINCT FROM ({new}) AND",
            "jxc_demand_line_changed",
        ),
        (line, "DELETE", each, "OLD.state = 'done' AND", "jxc_demand_line_changed"),
        (
            "stock_move",
            "UPDATE OF origin_returned_move_id, date",
            each,
            "OLD.state = 'done' AND (OLD.origin_returned_move_id, OLD.date)"
            " IS DISTINCT FROM (NEW.origin_returned_move_id, NEW.date) AND",
            "jxc_demand_move_changed",
        ),
    ]


_FUNCTIONS = SQL(
    """
CREATE OR REPLACE FUNCTION jxc_demand_tracked(jxc_demand_change) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT true';

CREATE OR REPLACE FUNCTION jxc_demand_lines_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM lines WHERE state = 'done') > %(bulk)s THEN
        INSERT INTO jxc_demand_change (company_id)
        SELECT DISTINCT company_id FROM lines WHERE state = 'done';
    ELSE
        INSERT INTO jxc_demand_change (company_id, product_id, move_id, line_id, date)
        SELECT company_id, product_id, move_id, id, date
          FROM lines WHERE state = 'done';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION jxc_demand_line_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'done' THEN
        INSERT INTO jxc_demand_change (company_id, product_id, move_id, line_id, date)
        VALUES (OLD.company_id, OLD.product_id, OLD.move_id, OLD.id, OLD.date);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'done' THEN
        INSERT INTO jxc_demand_change (company_id, product_id, move_id, line_id, date)
        VALUES (NEW.company_id, NEW.product_id, NEW.move_id, NEW.id, NEW.date);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION jxc_demand_move_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.origin_returned_move_id IS DISTINCT FROM NEW.origin_returned_move_id THEN
        INSERT INTO jxc_demand_change (company_id, product_id, move_id)
        SELECT OLD.company_id, OLD.product_id, changed.id
          FROM unnest(ARRAY[OLD.id, OLD.origin_returned_move_id,
                            NEW.origin_returned_move_id]) AS changed(id)
         WHERE changed.id IS NOT NULL;
    END IF;
    -- Lines are found by their move's date: those that now lie off it, by this.
    IF OLD.date IS DISTINCT FROM NEW.date THEN
        INSERT INTO jxc_demand_change (company_id, product_id, move_id, line_id, date)
        SELECT company_id, product_id, move_id, id, date
          FROM stock_move_line WHERE move_id = NEW.id AND state = 'done';
    END IF;
    RETURN NULL;
END $$
""",
    bulk=BULK,
)
