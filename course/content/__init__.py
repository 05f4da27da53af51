"""Authors' files become activities of the core: read, checked, rendered, searched."""
