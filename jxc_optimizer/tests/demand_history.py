"""Random histories of stock moves, made the way people make them."""

from datetime import datetime, timedelta

#: from a day on, so many days: long ago, and around today
PERIODS = [
    (datetime(2026, 1, 1), 60),
    (datetime.now().replace(microsecond=0) - timedelta(3), 7),
]


class History:
    """A company with two warehouses, and random things that happen in it."""

    def __init__(self, env, company, random):
        self.env, self.company, self.random = env, company, random
        self.start, self.days = random.choice(PERIODS)
        self.warehouses = env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        self.unit, self.dozen = (
            env.ref("uom.product_uom_unit"),
            env.ref("uom.product_uom_dozen"),
        )
        self.products = env["product.product"].create(
            [
                {"name": f"P{i}", "type": "consu", "is_storable": True}
                for i in range(random.randint(1, 3))
            ]
        )
        self.shelves = env["stock.location"].create(
            [
                {"name": f"Shelf {i}", "location_id": warehouse.lot_stock_id.id}
                for i, warehouse in enumerate(self.warehouses)
            ]
        )
        self.bins = env["stock.location"].create(
            [
                {"name": "Bin", "location_id": shelf.id, "company_id": company.id}
                for shelf in self.shelves
            ]
        )
        env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.products[0].id,
                "location_id": self.shelves[0].id,
                "warehouse_id": self.warehouses[0].id,
                "company_id": company.id,
            }
        )
        self.owner = env["res.partner"].create({"name": "Owner"})
        self.outside = {
            usage: env["stock.location"].search(
                [
                    ("usage", "=", usage),
                    ("company_id", "in", (company.id, False)),
                ],
                limit=1,
            )
            for usage in ("customer", "supplier", "production", "inventory", "transit")
        }
        self.moves = env["stock.move"]

    @property
    def keys(self):
        """Warehouses, and where rules stand (Odoo archives them with the product)."""
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("company_id", "=", self.company.id)]
        )
        return self.warehouses.lot_stock_id | rules.location_id

    def place(self):
        """Somewhere in stock."""
        warehouse = self.random.choice(self.warehouses)
        return self.random.choice(
            [
                warehouse.lot_stock_id,
                warehouse.lot_stock_id,
                warehouse.wh_output_stock_loc_id,
                *self.shelves,
                *self.bins,
            ]
        )

    def moment(self):
        return self.start + timedelta(
            minutes=self.random.randrange(self.days * 24 * 60)
        )

    def step(self):
        """Something happens."""
        actions = [self.move] * 6 + [self.give_back] * 2
        if self.moves:
            actions += [
                self.back_date,
                self.back_date_lines,
                self.back_date_by_sql,
                self.edit_quantity,
                self.edit_quantity_by_sql,
                self.reopen_by_sql,
                self.relocate,
                self.split,
                self.change_origin,
                self.archive,
            ]
        self.random.choice(actions)()

    def move(self, source=None, target=None, product=None, **values):
        """Goods go from anywhere to anywhere."""
        random, outside = self.random, self.outside
        source = source or random.choice(
            [self.place()] * 4 + [outside["supplier"], outside["customer"]]
        )
        target = target or random.choice(
            [outside["customer"]] * 5 + [self.place()] + list(outside.values())
        )
        quantity = random.choice([1, 2, 3, 5, 8, 2.5])
        move = self.env["stock.move"].create(
            {
                "product_id": (product or random.choice(self.products)).id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "product_uom": random.choice([self.unit, self.unit, self.dozen]).id,
                "product_uom_qty": quantity,
                "company_id": self.company.id,
                **values,
            }
        )
        move._action_confirm(merge=False)
        if random.random() < 0.1:
            move._action_cancel()
            return
        # Done is not what was ordered; what is missing becomes a backorder.
        move.quantity = quantity * random.choice([1, 1, 1, 2, 0.5])
        if random.random() < 0.1:
            move.move_line_ids.owner_id = random.choice(
                [self.owner, self.company.partner_id]
            )
        move.picked = True
        move._action_done()
        move.date = self.moment()
        self.moves |= move

    def give_back(self):
        if not self.moves:
            return
        original = self.random.choice(self.moves)
        if original.is_out and not original._get_valued_qty():
            return  # Odoo divides by it
        self.move(
            source=original.location_dest_id,
            target=self.random.choice([original.location_id] * 3 + [self.place()]),
            product=original.product_id,
            origin_returned_move_id=original.id,
        )

    def some(self):
        return self.random.choice(self.moves)

    def back_date(self):
        self.some().date = self.moment()

    def back_date_lines(self):
        self.some().move_line_ids.date = self.moment()

    def edit_quantity(self):
        line = self.random.choice(self.some().move_line_ids or [None])
        if line:
            line.quantity = self.random.choice([0, 1, 4])

    def split(self):
        """One more line of a done move, from elsewhere, perhaps another day."""
        move = self.some()
        origin = move.origin_returned_move_id
        if origin.is_out and not origin._get_valued_qty():
            return  # Odoo divides by it, and fails
        line = self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "product_id": move.product_id.id,
                "product_uom_id": move.product_uom.id,
                "quantity": 2,
                "location_id": self.place().id,
                "location_dest_id": move.location_dest_id.id,
                "company_id": self.company.id,
                "picked": True,
            }
        )
        if self.random.random() < 0.5:
            line.date = move.date

    def relocate(self):
        line = self.random.choice(self.some().move_line_ids or [None])
        if line and line.location_id.usage == "internal":
            line.location_id = self.place()

    def archive(self):
        self.random.choice(self.products).active = False

    def change_origin(self):
        """Rare, by scripts only: a delivery turns out to be a return."""
        late, early = self.some(), self.some()
        if late.id > early.id:
            self._sql(
                "UPDATE stock_move SET origin_returned_move_id = %s WHERE id = %s",
                self.random.choice([early.id, None]),
                late.id,
            )

    def back_date_by_sql(self):
        move, moment = self.some(), self.moment()
        self._sql("UPDATE stock_move SET date = %s WHERE id = %s", moment, move.id)
        if self.random.random() < 0.7:
            self._sql(
                "UPDATE stock_move_line SET date = %s WHERE move_id = %s",
                moment,
                move.id,
            )

    def edit_quantity_by_sql(self):
        self._sql(
            "UPDATE stock_move_line SET quantity = 6, quantity_product_uom = 6"
            " WHERE move_id = %s",
            self.some().id,
        )

    def reopen_by_sql(self):
        """Scripts that mend data do this: done, then not, then perhaps deleted."""
        move = self.some()
        self._sql(
            "UPDATE stock_move_line SET state = 'cancel' WHERE move_id = %s", move.id
        )
        self._sql("UPDATE stock_move SET state = 'cancel' WHERE id = %s", move.id)
        self.moves -= move

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()
