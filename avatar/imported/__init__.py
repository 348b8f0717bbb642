"""A presenter from a file of the seller's own: VRM 0.x, VRM 1.0 or GLB, read in a locked process and turned into ours."""
