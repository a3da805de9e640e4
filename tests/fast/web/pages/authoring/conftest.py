"""An author's bench for each test."""

import pytest

from tests.fast.web.conftest import MakePortal
from tests.fast.web.pages.authoring.bench import Bench, make_bench


@pytest.fixture
def bench(make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return make_bench(make_portal, monkeypatch)
