"""Packs: the same product for the stage, for browsers and for AR, each within its budget."""
