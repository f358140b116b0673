"""The simulator behind a real socket, asked by real clients."""
