from . import test_demo_company, test_simulation, test_writer
from . import test_tours
from . import test_import_history
from . import test_kpi
