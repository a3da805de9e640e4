"""What the page of a file shows of each kind."""
