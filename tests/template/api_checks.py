"""The API: its routes, and who is told of a request."""

from __future__ import annotations

from collections.abc import Iterator

from check import broken_by, drop, property_of, without
from subject import FUNCTIONS, Subject

ROUTES = {
    "POST /api/events": "Ingest",
    "POST /api/events/single": "Ingest",
    "POST /events": "Ingest",
    "POST /usage/api": "Ingest",
    "POST /api/analytics/sales/track": "Ingest",
    "POST /api/v1/analytics/events": "Ingest",
    "POST /api/ai-tracking/track": "Ingest",
    "PUT /api/ai-tracking/update/{requestId}": "Ingest",
    "POST /api/analytics/usage": "Ingest",
    "POST /api/analytics/engagement/track": "Ingest",
    "POST /api/performance/track": "Ingest",
    "GET /api/events/health": "Ingest",
    "GET /health": "Ingest",
    "GET /live": "Ingest",
    "GET /livez": "Ingest",
    "GET /ready": "Ingest",
    "GET /readyz": "Ingest",
    "$default": "Query",
}


@broken_by(
    drop("Resources", "UsageApiRoute"),
    property_of("DefaultRoute", "Target", to={"Fn::Sub": "integrations/${IngestIntegration}"}),
    property_of("LiveRoute", "Target", to={"Fn::Sub": "integrations/${LiveIntegration}"}),
    property_of("QueryIntegration", "IntegrationUri", to={"Fn::GetAtt": ["StoreFunction", "Arn"]}),
    property_of("IngestIntegration", "PayloadFormatVersion", to="1.0"),
    without("IngestPermission", "SourceArn"),
)
def every_route_ends_at_its_function(subject: Subject) -> Iterator[str]:
    """An integration of payload format 2.0, which the API may invoke."""
    routes = {route["RouteKey"]: route["Target"]["Fn::Sub"] for route in subject.of_type("AWS::ApiGatewayV2::Route").values()}
    if routes != {key: f"integrations/${{{function}Integration}}" for key, function in ROUTES.items()}:
        yield "the routes are others"
    for function in ("Ingest", "Query"):
        integration, permission = subject.properties(f"{function}Integration"), subject.properties(f"{function}Permission")
        kind = (integration["IntegrationType"], integration["PayloadFormatVersion"])
        if integration["IntegrationUri"] != {"Fn::GetAtt": [f"{function}Function", "Arn"]} or kind != ("AWS_PROXY", "2.0"):
            yield f"the integration of {function} goes elsewhere"
        if permission["FunctionName"] != {"Ref": f"{function}Function"} or "${Api}" not in str(permission.get("SourceArn")):
            yield f"the API may not invoke {function}, or everyone may"


@broken_by(lambda subject: subject.router.pop("/usage/api"), lambda subject: subject.router.update({"/health": "query"}))
def cargo_lambda_watch_has_the_same_routes(subject: Subject) -> Iterator[str]:
    """So that what is tried there is what is deployed."""
    expected = {key.split(" ")[1]: "ingest" for key, function in ROUTES.items() if function == "Ingest"} | {"/{*path}": "query"}
    if subject.router != expected:
        yield f"the router of Cargo.toml differs in {sorted(set(subject.router.items()) ^ set(expected.items()))}"


@broken_by(
    lambda subject: subject.resources.update(Other={"Type": "AWS::Serverless::HttpApi", "Properties": {}}),
    property_of("QueryFunction", "Events", to={"Read": {"Type": "HttpApi"}}),
)
def the_api_is_written_in_native_resources(subject: Subject) -> Iterator[str]:
    """The local AWS makes no routes of SAM's own, and every call would be answered 404."""
    for name, resource in subject.resources.items():
        if resource["Type"] in ("AWS::Serverless::HttpApi", "AWS::Serverless::Api") or "Events" in resource["Properties"]:
            yield f"{name} is SAM's own kind of API"


@broken_by(
    without("ApiStage", "AccessLogSettings"),
    property_of("ApiStage", "AccessLogSettings", "Format", to='{"status":"$context.status"}'),
    property_of("ApiStage", "AccessLogSettings", "Format", to='{"requestId":"$context.requestId","path":"$context.path"}'),
    without("ApiStage", "DefaultRouteSettings"),
)
def the_api_is_throttled_and_logs_requests_but_no_persons(subject: Subject) -> Iterator[str]:
    """A request's id, and neither its path, which may name a user, nor the caller's address."""
    stage = subject.properties("ApiStage")
    if set(stage.get("DefaultRouteSettings", {})) != {"ThrottlingRateLimit", "ThrottlingBurstLimit"}:
        yield "the API is not throttled"
    log = stage.get("AccessLogSettings", {}).get("Format", "")
    if "$context.requestId" not in log:
        yield "requests are not logged by their id"
    if any(variable in log for variable in ("$context.path", "$context.identity", "$context.authorizer")):
        yield "the access log names persons"


@broken_by(drop("Outputs", "QueueUrl"))
def scripts_are_told_what_they_need(subject: Subject) -> Iterator[str]:
    """The names of what was made."""
    needed = {
        "ApiUrl",
        "TableName",
        "BucketName",
        "EventBusName",
        "QueueUrl",
        "DlqUrl",
        "WorkQueueUrl",
        "WorkDlqUrl",
        "ReportQueueUrl",
        "ReportDlqUrl",
        *(f"{name}FunctionName" for name in FUNCTIONS),
    }
    if missing := needed - set(subject.template["Outputs"]):
        yield f"there are no outputs {sorted(missing)}"
