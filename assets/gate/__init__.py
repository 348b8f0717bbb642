"""The merchandiser's gate: findings, checks, repairs."""

from assets.gate.findings import Finding, Report
from assets.gate.inspection import inspect, repair

__all__ = ["Finding", "Report", "inspect", "repair"]
