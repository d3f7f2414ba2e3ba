from . import vendor_facts
