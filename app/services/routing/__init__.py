"""From a model name to the upstream that answers."""
