"""Benchmarks: they print figures beside two yardsticks, and judge nothing."""
