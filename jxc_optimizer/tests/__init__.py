from . import test_orderpoint
from . import test_run
from . import test_lead_time
from . import test_target
from . import test_demand
from . import test_demand_property
from . import test_translations
from . import test_tours
