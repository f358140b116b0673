"""What the simulator reads and writes, as Pydantic models."""
