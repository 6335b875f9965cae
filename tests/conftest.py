"""What every test may ask for: an empty migrated database, the application on it, and a visitor."""

from __future__ import annotations

import pytest

from tbb import database
from tests import engines


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """The run's engine with one migrated database to copy."""
    with engines.template(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def database_url(engine, tmp_path):
    """The address of an empty, migrated database of this test's own."""
    with engines.fresh(engine, tmp_path) as address:
        yield address


@pytest.fixture
def db(database_url):
    """The database handle, connected to an empty, migrated database."""
    database.configure(database_url, keyring=engines.KEYRING)
    with database.connection():
        yield database.db
    engines.close()
