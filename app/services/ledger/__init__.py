"""One entry a call, and reports over them."""
