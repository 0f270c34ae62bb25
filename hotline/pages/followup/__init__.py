"""followup pages."""
