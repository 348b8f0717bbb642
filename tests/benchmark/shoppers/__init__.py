"""The demo's catalogue asked in fourteen languages: 36 lines a language in two wordings, with what has to be answered."""
