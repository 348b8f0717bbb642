"""How the tables in `dialogue.learned` are made, and the sets that they are made and measured with. Not used on air."""
