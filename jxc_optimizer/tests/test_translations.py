"""The add-on speaks Chinese: no term without a translation, none out of date."""

import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

ADDON = "jxc_optimizer"
#: %s, %%, %(name)s and tags must be the same on both sides
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf%]|</?\w+[^>]*>")
#: read the same in Chinese; their translations stay empty
SAME = {"ABC", "XYZ", "ID"}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buffer = io.BytesIO()
        trans_export(None, [ADDON], buffer, "po", cls.env)
        cls.terms = polib.pofile(buffer.getvalue().decode())
        cls.template = cls._read(f"{ADDON}.pot")
        cls.chinese = cls._read("zh_CN.po")

    @staticmethod
    def _read(name):
        return polib.pofile(file_path(f"{ADDON}/i18n/{name}"))

    @staticmethod
    def _places(entries):
        return {
            (entry.msgid, place)
            for entry in entries
            for place, _line in entry.occurrences
        }

    def test_template_is_complete(self):
        """Odoo loads only what stands in the template, and only where it says."""
        self.assertGreater(len(self.terms), 100)
        missing = self._places(self.terms) - self._places(self.template)
        self.assertFalse(missing, "bring it up to date with: ./dev translate")

    def test_chinese_is_complete(self):
        translations = {entry.msgid: entry.msgstr for entry in self.chinese}
        missing = [
            entry.msgid
            for entry in self.terms
            if not translations.get(entry.msgid) and entry.msgid not in SAME
        ]
        self.assertFalse(missing, "add them with ./dev translate and translate them")
        unfinished = [entry.msgid for entry in self.chinese if entry.fuzzy]
        self.assertFalse(unfinished)

    def test_placeholders_are_kept(self):
        different = [
            (entry.msgid, entry.msgstr)
            for entry in self.chinese
            if entry.msgstr
            and sorted(PLACEHOLDER.findall(entry.msgid))
            != sorted(PLACEHOLDER.findall(entry.msgstr))
        ]
        self.assertFalse(different)
