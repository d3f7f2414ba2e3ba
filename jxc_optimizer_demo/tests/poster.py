"""A scenario posted through the ORM, as a user would."""

from __future__ import annotations

from freezegun import freeze_time

from odoo import Command

from .scenario import START, Step


class Poster:
    """The steps through the ORM, as a user would do them."""

    def __init__(self, places):
        self.places, self.env = places, places.env
        self.documents: dict[int, object] = {}
        self.first: dict[int, object] = {}

    def post(self, steps: list[Step]) -> None:
        with freeze_time(START) as clock:
            for step in steps:
                clock.move_to(step.when)
                getattr(self, "_" + step.what)(step)
            self._reserve()
            self.env.flush_all()

    def _adjust(self, step: Step) -> None:
        location = self.places.warehouses[step.warehouse].lot_stock_id
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            [
                {
                    "product_id": self.places.products[p].id,
                    "location_id": location.id,
                    "inventory_quantity": n,
                }
                for p, n in step.lines.items()
            ]
        ).action_apply_inventory()

    def _deliver(self, step: Step) -> None:
        kind = self.places.warehouses[step.warehouse].out_type_id
        ends = {
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": self.places.customer_location.id,
        }
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": int(self.places.customers[step.partner]),
                "origin": f"S{step.doc}",
                "scheduled_date": step.when,
                **ends,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.places.products[p].id,
                            "product_uom_qty": n,
                            "date": step.when,
                            **ends,
                        }
                    )
                    for p, n in step.lines.items()
                ],
            }
        )
        picking.action_confirm()
        self.documents[step.doc] = picking

    def _order(self, step: Step) -> None:
        self.documents[step.doc] = self.env["purchase.order"].create(
            {
                "partner_id": int(self.places.vendors[step.partner]),
                "picking_type_id": self.places.warehouses[step.warehouse].in_type_id.id,
                "company_id": self.places.company.id,
                "date_order": step.when,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.places.products[p].id,
                            "product_qty": n,
                            "price_unit": step.prices[p],
                            "date_planned": step.planned,
                        }
                    )
                    for p, n in step.lines.items()
                ],
            }
        )

    def _approve(self, step: Step) -> None:
        self.documents[step.doc].button_confirm()

    def _refuse(self, step: Step) -> None:
        self.documents[step.doc].button_cancel()

    def _open(self, doc: int):
        document = self.documents[doc]
        if document._name == "purchase.order":
            document = document.picking_ids
        else:
            document |= document.backorder_ids | document.backorder_ids.backorder_ids
            while document.backorder_ids - document:
                document |= document.backorder_ids
        return document.filtered(lambda p: p.state not in ("done", "cancel"))

    def _cancel(self, step: Step) -> None:
        self._open(step.doc).action_cancel()

    def _validate(self, step: Step) -> None:
        picking = self._open(step.doc)
        # open deliveries share what is there; the shipping clerk decides who gets it
        self._waiting().do_unreserve()
        for move in picking.move_ids:
            if move.state != "cancel":
                product = self.places.products.ids.index(move.product_id.id)
                move.quantity = step.lines[product]
                move.picked = bool(step.lines[product])
        drop = [] if step.keep else picking.ids
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=drop
        ).button_validate()
        assert picking.state == "done", (step, picking.state)

    def _return(self, step: Step) -> None:
        picking = self.documents[step.origin]
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({})
        by_id = {self.places.products[p].id: n for p, n in step.lines.items()}
        for line in wizard.product_return_moves:
            line.quantity = by_id.get(line.product_id.id, 0)
        back = wizard._create_return()
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()
        assert back.state == "done"

    def _waiting(self):
        return self.env["stock.picking"].search(
            [
                ("company_id", "=", self.places.company.id),
                ("picking_type_code", "=", "outgoing"),
                ("state", "not in", ("done", "cancel")),
            ],
            order="id",
        )

    def _reserve(self) -> None:
        open_ = self._waiting()
        open_.do_unreserve()
        for picking in open_:
            picking.action_assign()
