"""A tenant of a test's own, so that tests count nothing but what they sent."""

import uuid
from functools import cached_property

from api import Key, Service, Token, exact


class Tenant:
    """A tenant with credentials made as an operator makes them: with the tool."""

    def __init__(self, stack, api, hour_offset=0):
        self.stack, self.api = stack, api
        self.name = f"e2e-{uuid.uuid4().hex[:12]}"
        stack.weir("tenant", "create", self.name, "--hour-offset", str(hour_offset))

    def key(self, project="shop"):
        """A new key of a project, which is made where it is not there yet."""
        self.stack.weir("project", "create", project, "--tenant", self.name)
        return Key(self.stack.weir("key", "create", "--tenant", self.name, "--project", project).stdout.strip())

    def revoke(self, key):
        self.stack.weir("key", "revoke", key.text)

    @cached_property
    def service(self):
        secret = self.stack.weir("service", "create", "--tenant", self.name, "--name", "loader").stdout.strip()
        return Service(f"loader@{self.name}", secret)

    def token(self, role, sub, *more):
        return Token(self.stack.weir("token", "--tenant", self.name, "--role", role, "--sub", sub, *more).stdout.strip())

    @cached_property
    def admin(self):
        return self.token("admin", "an-admin")

    def user(self, sub):
        return self.token("user", sub)

    def read(self, target, by=None):
        """What the API answers to an admin of the tenant, or to another."""
        response = self.api.get(target, by=by or self.admin)
        assert response.status_code == 200, f"{target}: {response.status_code}: {response.text}"
        return exact(response)

    def series(self, metric, range_="period=24h", granularity="hour"):
        """The points of a metric as `{timestamp: value}`, those that are not zero."""
        answer = self.read(f"/metrics/timeseries?metric={metric}&{range_}&granularity={granularity}")
        return {point["timestamp"]: point["value"] for point in answer["data"] if point["value"]}

    def counted(self, metric="events", range_="period=24h", granularity="hour"):
        """A metric's total."""
        return sum(self.series(metric, range_, granularity).values())

    def waiting(self, key, project="shop"):
        """How many of a project's events are accepted and not yet stored."""
        answer = self.api.get("/api/events/health", by=key)
        assert answer.status_code == 200, answer.text
        return answer.json()["buffers"].get(project, 0)
