from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models
from odoo.tools import str2bool

#: set to 0, and Odoo asks its database as it always did
PARAMETER = "jxc_optimizer.ask_once"
KEY = "jxc_asked_once"

_asking: ContextVar[bool] = ContextVar("jxc_asking", default=False)


@contextmanager
def asked_once(env) -> Iterator[bool]:
    """Within the block the database answers each question about routes once.

    Odoo asks for the rules of each reordering rule and each purchase line anew, though
    there are a handful of answers. Everything else stays Odoo's: its methods run, and
    so do those of other modules. A change of what was asked about forgets the answers,
    and so does the end of the transaction, or of a savepoint that is rolled back.

    Yields whether that is so: the parameter switches it off.
    """
    # sudo: whoever orders may not read parameters
    wanted = env["ir.config_parameter"].sudo().get_param(PARAMETER, "1")
    if _asking.get() or not str2bool(wanted, True):
        yield _asking.get()
        return
    token = _asking.set(True)
    try:
        yield True
    finally:
        _asking.reset(token)
        forget(env)


def kept(model) -> dict | None:
    """The answers about a model in this transaction; None where none are kept."""
    if not _asking.get():
        return None
    cache = model.env.cr.cache
    if KEY not in cache:
        cache[KEY] = {}
    return cache[KEY].setdefault(model._name, {})


def forget(env) -> None:
    env.cr.cache.pop(KEY, None)


def only_from(model, modules: tuple[str, ...], *methods: str) -> bool:
    """Whether nobody but these Odoo modules and this add-on defines the methods."""
    known = {f"odoo.addons.{name}" for name in (*modules, "jxc_optimizer")}
    return not any(
        cls.__module__.startswith("odoo.addons.")
        and ".".join(cls.__module__.split(".")[:3]) not in known
        for cls in type(model).mro()
        if not vars(cls).keys().isdisjoint(methods)
    )


class JxcAskedOnce(models.AbstractModel):
    """A table that is small, seldom written and asked the same again and again."""

    _name = "jxc.asked.once"
    _description = "Answers Kept for a While"

    #: methods below those replaced here; where another module has one, nothing is kept
    _jxc_below = ("_search", "_read_group_select", "_read_group_groupby")
    #: but for these modules of Odoo
    _jxc_known = ()

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        answers = self._jxc_answers()
        if answers is None:
            return super().search_fetch(domain, field_names, offset, limit, order)
        question = self._jxc_question("search", domain, offset, limit, order)
        if question not in answers:
            found = super().search_fetch(domain, field_names, offset, limit, order)
            answers[question] = found._ids
            return found
        return self.browse(answers[question])

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        asked = (domain, groupby, aggregates, having, offset, limit, order)
        answers = self._jxc_answers()
        if answers is None:
            return super()._read_group(*asked)
        question = self._jxc_question("group", *asked)
        if question not in answers:
            answers[question] = super()._read_group(*asked)
        return [
            tuple(
                value.with_env(self.env)
                if isinstance(value, models.BaseModel)
                else value
                for value in row
            )
            for row in answers[question]
        ]

    @api.model
    def _jxc_answers(self) -> dict | None:
        """The answers of this transaction; None where none are kept."""
        answers = kept(self)
        if answers is None:
            return None
        if "keep" not in answers:
            answers["keep"] = only_from(self, self._jxc_known, *self._jxc_below)
        return answers if answers["keep"] else None

    @api.model
    def _jxc_question(self, *question):
        """What an answer depends on, besides the table itself."""
        env = self.env
        return (
            env.uid,
            env.su,
            tuple(env.context.get("allowed_company_ids") or ()),
            env.context.get("active_test", True),
            repr(question),
        )

    @api.model
    def _jxc_answer(self, domain, found) -> None:
        """Keep what a search, known to come, will find."""
        answers = self._jxc_answers()
        if answers is not None:
            question = self._jxc_question("search", domain, 0, None, None)
            answers[question] = found._ids

    @api.model_create_multi
    def create(self, vals_list):
        forget(self.env)
        return super().create(vals_list)

    def write(self, vals):
        forget(self.env)
        return super().write(vals)

    def unlink(self):
        forget(self.env)
        return super().unlink()
