"""The demo shop: six products and a showroom, made by our own code."""
