"""One check per file: what refuses a model and what is only said."""
