from . import jxc_run
from . import jxc_run_shard
