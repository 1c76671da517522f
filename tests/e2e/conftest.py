"""What the tests share: the deployed stack, its API, and tenants of their own."""

import os

import pytest
from api import Api
from stack import ROOT, Stack
from tenant import Tenant


@pytest.fixture(scope="session")
def stack():
    return Stack(os.environ.get("STACK_JSON", ROOT / "target" / "local" / "stack.json"))


@pytest.fixture(scope="session")
def api(stack):
    return Api(stack["apiUrl"])


@pytest.fixture
def new_tenant(stack, api):
    return lambda **options: Tenant(stack, api, **options)


@pytest.fixture
def tenant(new_tenant):
    return new_tenant()
