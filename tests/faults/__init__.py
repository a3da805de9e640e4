"""Breaks the cluster and the portal on purpose, and looks at what is true afterwards."""

import pytest

pytest.register_assert_rewrite("tests.faults.trial", "tests.faults.truth")
