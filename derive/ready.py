"""What every process of a run has loaded before it is asked anything: to import this module is to load it.

SymPy alone makes a hundred thousand objects that stay; to look among them for circles, again and again while they
come, takes a quarter of the time.
"""

import gc
from importlib import import_module

from .run import COLLECT_AFTER

LOADED = (
    "derive.catalog",
    "derive.certificates",
    "derive.concrete.opinion",
    "derive.numeric.checks",
    "derive.report",
    "derive.second_opinion",
)

gc.disable()
for _name in LOADED:
    import_module(_name)
gc.freeze()
gc.set_threshold(COLLECT_AFTER)
gc.enable()
