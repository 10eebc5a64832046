"""What tests on a cluster share: its servers."""

import pytest

from tests.cluster.standalone import Cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A master and two workers, whose local folders are their own."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers.start()
