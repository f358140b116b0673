"""Unmodified clients against a gateway whose upstream is the simulator, all on real sockets."""
