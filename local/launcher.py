"""Starts MiniStack, the local AWS, with what it needs to behave like AWS for Weir.

Run by `aws.py`, with the file for its process number as argument, and with an environment of its own, since MiniStack hands its
environment to every function.
"""

import contextvars
import fcntl
import json
import os
import re
import socketserver
import sys

import ministack.app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import apigateway, lambda_svc


def answer_at_once() -> None:
    """Takes 90 ms off every invocation: the runtime API answers in small writes, and its logs are waited for far too long."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    drain = lambda_runtime.Worker._drain_stderr_bounded
    drain.__defaults__ = (0.002, 0.001, 0.050)  # first_line_wait, idle_confirm, hard_cap


def count_loopback_as_tls() -> None:
    """Lets the policies that refuse plain HTTP stand as they are: nothing leaves this machine."""
    pin = iam_evaluator.pin_request_origin
    ministack.app.pin_request_origin = lambda source_ip, _secure_transport: pin(source_ip, True)


def allow_batches_as_single_calls() -> None:
    """`sqs:SendMessage` allows `SendMessageBatch` too, as on AWS, where there is no permission of that name."""
    action_of = iam_actions.extract_iam_action

    def single(service: str, *request: object) -> str | None:
        action = action_of(service, *request)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    iam_actions.extract_iam_action = single


def hand_over_compressed_bodies_whole() -> None:
    """A compressed body is no text, whatever its type says: it goes to the function in Base64, and not as UTF-8 full of holes."""
    compressed = contextvars.ContextVar("compressed", default=False)
    invoke, is_text = apigateway._invoke_lambda_proxy, apigateway._v2_request_body_is_text

    async def invoke_with(*request: object, **more: object) -> tuple:
        headers = request[5]
        compressed.set("content-encoding" in headers)
        return await invoke(*request, **more)

    apigateway._invoke_lambda_proxy = invoke_with
    apigateway._v2_request_body_is_text = lambda content_type: is_text(content_type) and not compressed.get()


def take_concurrency_from_a_parameter() -> None:
    """A parameter's number comes as text, over which the local CloudFormation's mappings of queues stand still, all of them."""
    concurrency = lambda_svc._sqs_esm_concurrency

    def of_number(mapping: dict, *rest: object) -> int:
        scaling = {name: int(value) for name, value in (mapping.get("ScalingConfig") or {}).items()}
        return concurrency({**mapping, "ScalingConfig": scaling}, *rest)

    lambda_svc._sqs_esm_concurrency = of_number


def know_who_mails() -> None:
    """Mail is sent as an identity of SES, which MiniStack does not look for: here the domain of the sender."""
    resource_of = iam_actions._ses_v2_resource_arn

    def with_identity(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if not path.endswith("/outbound-emails"):
            return resource_of(method, path, body, region, account)
        domain = json.loads(body).get("FromEmailAddress", "").rpartition("@")[2].rstrip(">")
        return f"arn:aws:ses:{region}:{account}:identity/{domain}"

    iam_actions._ses_v2_resource_arn = with_identity


def know_leading_keys() -> None:
    """Gives policies the condition key `dynamodb:LeadingKeys`, which MiniStack does not know and so lets pass."""
    context_of = iam_actions.dynamodb_service_context

    def with_leading_keys(body: bytes) -> dict:
        context = context_of(body)
        if keys := leading_keys(json.loads(body or b"{}")):
            context["dynamodb:LeadingKeys"] = keys
        return context

    iam_actions.dynamodb_service_context = with_leading_keys


def leading_keys(request: dict) -> list[str]:
    """The partition keys that a request names: of `pk`, or in an index, of the attribute its condition equates first."""
    if tables := request.get("RequestItems"):
        return [key for table in tables.values() for key in keys_of_batch(table)]
    item = request.get("Key") or request.get("Item")
    if item:
        return [item["pk"]["S"]] if "pk" in item else []
    values = request.get("ExpressionAttributeValues") or {}
    equated = re.search(r"=\s*(:\w+)", request.get("KeyConditionExpression") or "")
    return [values[equated[1]]["S"]] if equated and "S" in values.get(equated[1], {}) else []


def keys_of_batch(table: dict | list) -> list[str]:
    """The partition keys that a batch names in one table: those it reads, or those it puts and deletes."""
    if isinstance(table, dict):
        return [key["pk"]["S"] for key in table.get("Keys", [])]
    requests = [request.get("PutRequest", {}).get("Item") or request.get("DeleteRequest", {}).get("Key") for request in table]
    return [item["pk"]["S"] for item in requests if item and "pk" in item]


def hold(path: str):
    """Writes this process's number into a file and locks it for as long as the process lives."""
    file = open(path, "a+")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


if __name__ == "__main__":
    held = hold(sys.argv.pop())
    answer_at_once()
    count_loopback_as_tls()
    allow_batches_as_single_calls()
    hand_over_compressed_bodies_whole()
    take_concurrency_from_a_parameter()
    know_leading_keys()
    know_who_mails()
    ministack.app.main()
