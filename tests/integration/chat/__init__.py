"""Chat through the gateway, over real sockets."""
