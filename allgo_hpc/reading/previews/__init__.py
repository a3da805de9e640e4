"""What a file shows of itself: pure functions from its first bytes, each with a bound on what it looks at."""
