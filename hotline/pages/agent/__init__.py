"""agent pages."""
