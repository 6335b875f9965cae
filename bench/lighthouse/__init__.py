"""Lighthouse, pinned, on the service's four most visited kinds of pages."""
