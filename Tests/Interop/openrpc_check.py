"""Reads an OpenRPC document on standard input, and says `ok N methods` if it is one with schemas that are schemas."""
import json
import sys

import jsonschema
import openrpc

document = json.load(sys.stdin)
openrpc.OpenRPC.model_validate(document)
codes = {error["code"] for error in document["components"]["errors"].values()}
for method in document["methods"]:
    for schema in [method["result"]["schema"], *(parameter["schema"] for parameter in method["params"])]:
        jsonschema.Draft202012Validator.check_schema(schema)
    for error in method["errors"]:
        assert error["code"] in codes, f"{method['name']} has an error that is not listed"
names = [method["name"] for method in document["methods"]]
assert len(set(names)) == len(names), "a method stands twice"
print("ok", len(names), "methods")
