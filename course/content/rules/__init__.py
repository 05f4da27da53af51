"""What an author's files must keep to: one small function a rule, grouped by subject."""
