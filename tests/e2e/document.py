"""The API's document as the deployment answers it: its operations, their examples, and whether an answer is as it says."""

import json
from functools import cached_property
from urllib.parse import quote, urlencode

import jsonschema

METHODS = ("get", "put", "post", "delete", "patch")


class Document:
    def __init__(self, api):
        answer = api.get("/openapi.json")
        assert answer.status_code == 200, answer.text
        self.text = answer.json()

    @cached_property
    def operations(self):
        """Every operation, by its name: `GET /health`."""
        pairs = ((path, method, item[method]) for path, item in self.text["paths"].items() for method in METHODS if method in item)
        return {(one := Operation(self, path, method, said)).name: one for path, method, said in pairs}

    @property
    def public(self):
        """The operations that answer without a credential."""
        return {name for name, operation in self.operations.items() if operation.is_public}

    def check(self, schema, value):
        """That a value is as a schema of the document says."""
        jsonschema.Draft202012Validator({"allOf": [schema], "components": self.text["components"]}).validate(value)

    def resolved(self, schema):
        """A schema, or the one that it refers to."""
        while "$ref" in schema:
            schema = self.text["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema


class Operation:
    def __init__(self, document, path, method, said):
        self.document, self.path, self.method, self.said = document, path, method.upper(), said
        self.name = f"{self.method} {path}"

    @property
    def is_public(self):
        return not self.said["security"] or {} in self.said["security"]

    @property
    def tag(self):
        return self.said["tags"][0]

    @property
    def takes_keys(self):
        return any("apiKey" in one for one in self.said["security"])

    def parameters(self, place):
        return [one for one in self.said.get("parameters", []) if one["in"] == place]

    def target(self, values=None):
        """The path with its parameters' values, and what the query must say."""
        values = values or {}
        path = self.path
        for one in self.parameters("path"):
            path = path.replace("{%s}" % one["name"], quote(str(values.get(one["name"], example_of(one))), safe=""))
        named = [one for one in self.parameters("query") if one.get("required") or one["name"] in values]
        asked = {one["name"]: values.get(one["name"], example_of(one)) for one in named}
        return f"{path}?{urlencode(asked)}" if asked else path

    @property
    def body(self):
        """What it says of a body of JSON, if it takes one."""
        return self.said.get("requestBody", {}).get("content", {}).get("application/json")

    @property
    def bodies(self):
        """The examples of its body, by name; none where it takes none."""
        if not self.body:
            return {}
        if "examples" in self.body:
            return {name: example["value"] for name, example in self.body["examples"].items()}
        schema = self.document.resolved(self.body["schema"])
        for example in (self.body.get("example"), schema.get("example"), *schema.get("examples", [])):
            if example is not None:
                return {"example": example}
        return {}

    def check(self, answer):
        """That an answer is one that the document names, with a body as it says."""
        responses = self.said["responses"]
        status = str(answer.status_code)
        assert status in responses, f"{self.name}: {status} is not documented: {answer.text[:500]}"
        contents = responses[status].get("content", {})
        media = answer.headers.get("content-type", "").split(";")[0]
        if not contents:
            assert not answer.content, f"{self.name}: {status} has a body"
            return
        assert media in contents, f"{self.name}: {status} is {media} and not {list(contents)}"
        if media.endswith("json"):
            self.document.check(contents[media]["schema"], json.loads(answer.text))


def example_of(parameter):
    """What the document has as an example of a parameter, or its default, or its first value."""
    schema = parameter.get("schema", {})
    for found in (parameter.get("example"), schema.get("example"), *schema.get("examples", []), schema.get("default"), *schema.get("enum", [])):
        if found is not None:
            return found
    return "ann"
