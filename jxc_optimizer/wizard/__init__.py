from . import base_partner_merge
from . import jxc_level_edit
from . import stock_replenishment_info
