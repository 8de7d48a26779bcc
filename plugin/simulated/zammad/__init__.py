"""A Zammad 5.5 that lives in memory and behaves like the recorded one."""

from plugin.simulated.zammad.desk import SimulatedZammad

__all__ = ["SimulatedZammad"]
