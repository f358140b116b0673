"""Every task through every client that knows it, over real sockets."""
