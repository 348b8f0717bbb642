"""The show: rundown, director, questions, visitors, server, supervisor, configuration, command line."""
