"""What was authored: files become checked, immutable values."""
