"""The deployed stack: where it is, what its parts are called, and the `weir` tool pointed at it."""

import json
import os
import subprocess
from functools import cached_property
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


class Stack:
    """What `make up` wrote down of the stack (`STACK_JSON`)."""

    def __init__(self, path):
        self.facts = json.loads(Path(path).read_text())

    def __getitem__(self, name):
        return self.facts[name]

    @property
    def aws_environment(self):
        """What an AWS SDK needs to reach the local AWS as its administrator."""
        return {
            "AWS_ENDPOINT_URL": self["endpointUrl"],
            "AWS_REGION": self["region"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self["endpointUrl"],
            region_name=self["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @cached_property
    def sqs(self):
        return self.client("sqs")

    @cached_property
    def s3(self):
        return self.client("s3")

    @cached_property
    def lambda_(self):
        return self.client("lambda")

    @cached_property
    def table(self):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        dynamodb = boto3.resource("dynamodb", endpoint_url=self["endpointUrl"], region_name=self["region"], **keys)
        return dynamodb.Table(self["tableName"])

    def weir(self, *arguments, check=True):
        """Runs the command-line tool; answers what it did, as `subprocess.run` does."""
        environment = {
            "PATH": os.environ["PATH"],
            **self.aws_environment,
            "TABLE_NAME": self["tableName"],
            "BUCKET_NAME": self["bucketName"],
            "QUEUE_URL": self["queueUrl"],
            "DLQ_URL": self["dlqUrl"],
            "WORK_QUEUE_URL": self["workQueueUrl"],
            "WORK_DLQ_URL": self["workDlqUrl"],
            "SCHEDULE_DLQ_URL": self["scheduleDlqUrl"],
            "SERVICE_SECRET": self["serviceMasterSecret"],
            "JWT_SECRET": self["jwtSecret"],
            "JWT_ISSUER": self["jwtIssuer"],
            "JWT_AUDIENCE": self["jwtAudience"],
            "WEIR_URL": self["apiUrl"],
        }
        command = [str(TARGET / "debug" / "weir"), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert not check or done.returncode == 0, f"{' '.join(arguments[:2])}: {done.stderr}"
        return done

    def function_environment(self, name):
        """The variables that the deployed function is given, and those with which it reaches the local AWS."""
        configuration = self.lambda_.get_function_configuration(FunctionName=self["functions"][name])
        return {**configuration["Environment"]["Variables"], **self.aws_environment}

    def trigger_of_store(self):
        """What hands the queue's messages to `store`."""
        [mapping] = self.lambda_.list_event_source_mappings(FunctionName=self["functions"]["store"])["EventSourceMappings"]
        return mapping
