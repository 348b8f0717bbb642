"""Whether a file keeps the glTF 2.0 specification: tables of properties, then what ties them together, then the data."""
