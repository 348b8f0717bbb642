"""Mapping of captured faces to ARKit weights."""
