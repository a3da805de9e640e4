"""What ``scripts/bench`` measures: each row against its reference, in the same run on the same machine."""
