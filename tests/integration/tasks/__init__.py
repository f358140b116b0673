"""Tasks through the gateway: measured, paid for, and refused."""
