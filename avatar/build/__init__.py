"""Building the default digital human from CC0 body data."""
