"""A FreeScout that lives in memory and behaves like the recorded one."""

from plugin.simulated.freescout.desk import SimulatedFreeScout

__all__ = ["SimulatedFreeScout"]
