"""What models cost, and who says so."""
