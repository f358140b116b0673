"""What the simulator answers to tasks."""
