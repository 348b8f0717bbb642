"""One file per voice, retriever or feed."""
