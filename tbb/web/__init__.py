"""The plumbing of HTTP: access, cache, hypermedia, errors, headers, language."""
