"""Light of the room, computed once and written into its GLB."""
