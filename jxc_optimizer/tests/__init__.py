from . import test_orderpoint
from . import test_run
