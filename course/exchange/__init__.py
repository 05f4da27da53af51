"""Other people's formats: signed records, certificates, badges. Knows the core and nothing else."""
