"""What is true about learning, with nothing of the outside: standard library only."""
