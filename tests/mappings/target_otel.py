# SPDX-License-Identifier: GPL-2.0-or-later
"""Log records of OpenTelemetry, in requests of OTLP/JSON."""
import calendar
import json
import re
import time
from collections import defaultdict

from target import EXACT, rows_of

RECORDS = 1000  # of a request
TYPES = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "double": lambda value: isinstance(value, float),
    "uint32": lambda value: isinstance(value, int) and 0 <= value < 2**32,
    "hex": lambda value: isinstance(value, str) and re.fullmatch("[0-9a-fA-F]*", value),
    "fixed64": lambda value: isinstance(value, str) and re.fullmatch("[0-9]+", value) and int(value) < 2**64,
    "int64": lambda value: isinstance(value, str) and re.fullmatch("-?[0-9]+", value) and int(value) < 2**63,
    "SeverityNumber": lambda value: isinstance(value, int) and 1 <= value <= 24,
}
NAMES = {"proto": "network.transport", "src_ip": "source.address", "src_port": "source.port",
         "dst_ip": "destination.address", "dst_port": "destination.port", "id": "log.record.uid"}
RESOURCE = {"host": "host.name", "run": "service.instance.id"}


class Messages:
    def __init__(self):
        self.members = defaultdict(dict)
        for message, member, kind in rows_of("otlp.fields"):
            self.members[message][member] = kind

    def check(self, value, message, problems):
        problems.expect(message != "AnyValue" or len(value) == 1, f"{value} is no single value")
        for name, member in value.items():
            listed = name + "[]" if isinstance(member, list) else name
            kind = self.members[message].get(listed)
            problems.expect(kind, f"{message} has no member {listed}")
            problems.expect(member != [], f"{message}.{name} is empty")
            for one in member if isinstance(member, list) else [member]:
                if kind in self.members:
                    self.check(one, kind, problems)
                else:
                    problems.expect(kind and TYPES[kind](one), f"{message}.{name}: {one!r} is no {kind}")


def dictionary(attributes, problems):
    """Attributes as a dictionary, held against the conventions."""
    problems.equal("attributes of one name", len(attributes), len({a["key"] for a in attributes}))
    kinds = {row[0]: row[1:] for row in rows_of("semconv.fields")}
    found = {}
    for attribute in attributes:
        key, (kind, value) = attribute["key"], *attribute["value"].items()
        if not key.startswith("ctagg."):
            problems.expect(key in kinds, f"{key} is in no convention")
            wanted = {"string": "stringValue", "int": "intValue"}[kinds[key][0]] if key in kinds else kind
            problems.equal("type of " + key, kind, wanted)
            if key in kinds and len(kinds[key]) > 2:
                problems.expect(value in kinds[key][2].split(","), f"{key}: {value!r} is not allowed")
        found[key] = int(value) if kind == "intValue" else value
    return found


def flat(record):
    """What the attributes of a record are to say."""
    for name, value in record.items():
        if name in ("type", "schema", *RESOURCE) or value is None:
            continue
        if isinstance(value, dict):
            yield from ((f"ctagg.{name}.{member}", v) for member, v in value.items() if v is not None)
        else:
            yield NAMES.get(name, "ctagg." + name), value


def nanoseconds(text):
    return (calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) * 10**6 + int(text[20:26])) * 1000


def check_record(log, resource, record, problems):
    attributes = dictionary(log["attributes"], problems)
    version = attributes.pop("network.type", None)
    address = record.get("src_ip") or record.get("dst_ip")
    problems.equal("network.type", version, address and ("ipv6" if ":" in address else "ipv4"))
    expected = dict(flat(record))
    problems.equal("attributes", set(attributes), set(expected))
    for key, value in expected.items():
        problems.equal(key, attributes.get(key), value)
    for field, key in RESOURCE.items():
        problems.equal(key, resource.get(key), record.get(field))
    problems.equal("eventName", log["eventName"], "ctagg." + record["type"])
    at = record.get("window_end") or record.get("time")
    if at:
        problems.equal("timeUnixNano", int(log["timeUnixNano"]), nanoseconds(at))
    else:
        milliseconds = int(record["id"].replace("-", "")[:12], 16)
        problems.equal("time of the id", int(log["timeUnixNano"]), milliseconds * 10**6)


def check(records, text, problems):
    messages, logs = Messages(), []
    for line in text.splitlines():
        request = json.loads(line)
        problems.what = line[:300]
        messages.check(request, "ExportLogsServiceRequest", problems)
        for resource_logs in request["resourceLogs"]:
            resource = dictionary(resource_logs["resource"]["attributes"], problems)
            problems.equal("service.name", resource.get("service.name"), "ctagg")
            of_request = [log for scope in resource_logs["scopeLogs"] for log in scope["logRecords"]]
            problems.expect(len(of_request) <= RECORDS, f"{len(of_request)} records in a request")
            logs += [(log, resource) for log in of_request]
    problems.what = "log records"
    problems.equal("how many", len(logs), len(records))
    for (log, resource), record in zip(logs, records):
        problems.what = json.dumps(record)[:200]
        check_record(log, resource, record, problems)
    problems.expect(any(isinstance(v, int) and v > EXACT for r in records for v in r.values()), "no large number")
