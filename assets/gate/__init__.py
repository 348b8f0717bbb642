"""The merchandiser's gate: findings, checks, repairs."""
