"""The HTTP routes of the simulator."""
