"""Bring the translation templates and files up to date with the sources.

New terms enter the .po files untranslated, vanished ones leave, the rest stays.
"""

from __future__ import annotations

import os

from .. import cache, console, environment, postgres
from ..odoo import ADDONS, Odoo


def add_arguments(parser):
    parser.add_argument(
        "--keep", metavar="DATABASE", help="use and keep a database of this name"
    )


def run(options):
    environment.enter()
    odoo = Odoo(postgres.server("test", durable=False))
    addons = [name for name in ADDONS if (cache.CHECKOUT / name).is_dir()]
    database = options.keep or f"jxc_translate_{os.getpid()}"
    if options.keep and database in odoo.server.databases():
        odoo.install(database, addons, "Updating the add-ons", update=True)
    else:
        odoo.build(database, addons)
    try:
        for addon in addons:
            _export(odoo, database, addon)
            _merge(addon)
    finally:
        if not options.keep:
            odoo.forget(database)


def _export(odoo: Odoo, database: str, addon: str) -> None:
    template = cache.CHECKOUT / addon / "i18n" / f"{addon}.pot"
    template.parent.mkdir(exist_ok=True)
    odoo.run(
        f"Exporting the terms of {addon}",
        f"translate-{addon}",
        "i18n",
        "export",
        f"--config={odoo.configuration('build')}",
        f"--database={database}",
        f"--output={template}",
        addon,
    )


def _merge(addon: str) -> None:
    import polib

    folder = cache.CHECKOUT / addon / "i18n"
    template = polib.pofile(str(folder / f"{addon}.pot"))
    for key in ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator"):
        template.metadata.pop(key, None)  # they would change with every export
    template.save()
    for file in sorted(folder.glob("*.po")):
        translated = polib.pofile(str(file), wrapwidth=78)
        translated.merge(template)
        for entry in list(translated.obsolete_entries()):
            translated.remove(entry)
        for entry in translated:
            if "fuzzy" in entry.flags:
                entry.flags.remove("fuzzy")
                entry.msgstr = ""
        translated.sort(key=lambda entry: entry.msgid)  # as the lint wants it
        translated.save()
        missing = sum(not entry.msgstr for entry in translated)
        console.say(f"  {addon}/i18n/{file.name}: {missing} terms untranslated")
