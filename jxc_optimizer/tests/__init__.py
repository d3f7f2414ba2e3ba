from . import test_orderpoint
from . import test_run
from . import test_demand
