"""Deploys the built template to the local AWS with the SAM CLI, and makes good what the local AWS drops of it."""

from __future__ import annotations

import json
import platform
import secrets
import subprocess
from typing import Any

import template
from aws import REGION, client, environment
from place import FUNCTIONS, ROOT, Place

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

SAM_CONFIG = ROOT / "samconfig.toml"


def deploy(place: Place) -> dict[str, Any]:
    """Brings the stack up to date, and answers what scripts need to know of it."""
    config = tomllib.loads(SAM_CONFIG.read_text())["local"]
    own = config["deploy"]["parameters"]
    overrides = dict(pair.split("=", 1) for pair in own["parameter_overrides"]) | made(place)
    client(place, "s3").create_bucket(Bucket=own["s3_bucket"])
    command = [ROOT / ".local/sam/bin/sam", "deploy", "--config-file", SAM_CONFIG, "--config-env", "local"]
    command += ["--template-file", place.build / "template.yaml", "--no-progressbar"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in overrides.items())]
    ran = subprocess.run(command, cwd=place.build, env=sam_environment(place), stdin=subprocess.DEVNULL, text=True, capture_output=True)
    if ran.returncode:
        raise SystemExit(f"{ran.stdout}\n{ran.stderr}\nThe deployment failed.")
    stack = client(place, "cloudformation").describe_stacks(StackName=config["global"]["parameters"]["stack_name"])["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    source = template.load()
    complete(place, source, template.parameters(source, overrides), outputs)
    return described(place, overrides, outputs)


def made(place: Place) -> dict[str, str]:
    """The parameters that are this machine's own: its architecture, and secrets made once and kept."""
    path = place.folder / "secrets.json"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text("{}")
    kept = json.loads(path.read_text())
    ours = {name: kept.get(name) or secrets.token_hex(32) for name in ("ServiceSecret", "PseudonymSecret", "JwtSecret")}
    if ours != kept:
        path.write_text(json.dumps(ours))
    architecture = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    return ours | {"Architecture": architecture}


def sam_environment(place: Place) -> dict[str, str]:
    """The SAM CLI's environment: it sends no telemetry and keeps its notes in the project's folder."""
    return environment(place) | {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(ROOT / ".local/sam-notes")}


def complete(place: Place, source: dict[str, Any], given: dict[str, str], outputs: dict[str, str]) -> None:
    """Sets, from the template's own values, what the local CloudFormation drops."""
    properties = {name: template.resolve(resource["Properties"], given) for name, resource in source["Resources"].items()}
    table, name = client(place, "dynamodb"), outputs["TableName"]
    if table.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        table.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["Table"]["TimeToLiveSpecification"])
    rules = [lifecycle_rule(rule) for rule in properties["Bucket"]["LifecycleConfiguration"]["Rules"]]
    client(place, "s3").put_bucket_lifecycle_configuration(Bucket=outputs["BucketName"], LifecycleConfiguration={"Rules": rules})
    if given["ReportSender"]:  # on AWS, whoever owns it has it verified
        client(place, "ses").verify_email_identity(EmailAddress=given["ReportSender"])
    if given["AllowedOrigins"]:
        _, cors, _ = properties["Api"]["CorsConfiguration"]["Fn::If"]
        cors["AllowOrigins"] = cors["AllowOrigins"].split(",")
        client(place, "apigatewayv2").update_api(ApiId=outputs["ApiId"], CorsConfiguration=cors)


def lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule in the words of the service, which are not the template's."""
    words = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule["Prefix"]}}
    if "ExpirationInDays" in rule:
        words["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "AbortIncompleteMultipartUpload" in rule:
        words["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return words


def described(place: Place, overrides: dict[str, str], outputs: dict[str, str]) -> dict[str, Any]:
    """What `stack.json` says of the deployment."""
    functions = {function: outputs[f"{function.capitalize()}FunctionName"] for function in FUNCTIONS}
    return {
        "apiUrl": f"{place.endpoint}/_aws/execute-api/{outputs['ApiId']}/$default",
        "endpointUrl": place.endpoint,
        "region": REGION,
        "tableName": outputs["TableName"],
        "bucketName": outputs["BucketName"],
        "eventBusName": outputs["EventBusName"],
        "queueUrl": outputs["QueueUrl"],
        "dlqUrl": outputs["DlqUrl"],
        "workQueueUrl": outputs["WorkQueueUrl"],
        "workDlqUrl": outputs["WorkDlqUrl"],
        "reportQueueUrl": outputs["ReportQueueUrl"],
        "reportDlqUrl": outputs["ReportDlqUrl"],
        "scheduleDlqUrl": outputs["ScheduleDlqUrl"],
        "functions": functions,
        "jwtSecret": overrides["JwtSecret"],
        "jwtIssuer": overrides["JwtIssuer"],
        "jwtAudience": overrides["JwtAudience"],
        "serviceMasterSecret": overrides["ServiceSecret"],
        "watchEnvFile": str(place.watch_env),
        "watchPort": place.watch_port,
    }


def write_watch_env(place: Place, stack: dict[str, Any]) -> None:
    """Writes the settings of all functions, as they are deployed, for `cargo lambda watch`."""
    functions = client(place, "lambda")
    settings = {name: environment(place)[name] for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    for physical in stack["functions"].values():
        settings |= functions.get_function_configuration(FunctionName=physical)["Environment"]["Variables"]
    place.watch_env.touch(mode=0o600)
    place.watch_env.write_text("".join(f"{name}={value}\n" for name, value in sorted(settings.items())))
