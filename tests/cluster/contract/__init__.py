"""What docs/allgo-v1.md says, statement by statement: ``test_<section>_<statement>_<words>``."""
