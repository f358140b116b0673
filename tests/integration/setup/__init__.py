"""What happens before anything is installed."""
