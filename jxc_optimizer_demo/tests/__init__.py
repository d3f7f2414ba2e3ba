from . import test_writer
