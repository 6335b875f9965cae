"""The commands that keep the directory true to the registers: import files, fetch from the live register."""

from __future__ import annotations

directory_commands: tuple = ()
