"""A package, so that its fixtures end with it: the show of the browser tests must not run beside the peers."""
