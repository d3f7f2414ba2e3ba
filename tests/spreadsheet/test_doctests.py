"""The examples in the docstrings."""

import doctest
import importlib
import pkgutil

import pytest
import spreadsheet

MODULES = [info.name for info in pkgutil.iter_modules(spreadsheet.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"spreadsheet.{name}")
    assert not doctest.testmod(module).failed
