# SPDX-License-Identifier: GPL-2.0-or-later
"""Events of OCSF."""
import json
from collections import defaultdict

from target import carriers, is_address, is_whole_number, of_packets, rows_of, total

CAPTIONS = {
    "activity_name": "activity_id", "severity": "severity_id", "status": "status_id", "action": "action_id",
    "disposition": "disposition_id", "direction": "direction_id", "class_name": "class_uid",
    "category_name": "category_uid", "protocol_ver": "protocol_ver_id"}
OTHER = 99
TYPES = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: is_whole_number(value) and abs(value) < 2**31,
    "long": is_whole_number,
    "timestamp": lambda value: is_whole_number(value) and 10**12 < value < 10**13,  # milliseconds
    "boolean": lambda value: isinstance(value, bool),
    "ip": lambda value: isinstance(value, str) and is_address(value),
    "port": lambda value: is_whole_number(value) and 0 <= value <= 65535,
    "any": lambda value: isinstance(value, dict),
}
SUMS = (("packets_out", "orig_packets"), ("bytes_out", "orig_bytes"), ("packets_in", "reply_packets"), ("bytes_in", "reply_bytes"))


class Schema:
    def __init__(self):
        self.objects, self.constraints = defaultdict(dict), defaultdict(list)
        for row in rows_of("ocsf.fields"):
            if row[0] == "at_least_one":
                self.constraints[row[1]].append(row[2].split(","))
                continue
            name, attribute, kind, requirement = row[:4]
            values = dict(value.split("=", 1) for value in row[4].split("|")) if len(row) > 4 else None
            self.objects[name][attribute] = (kind, requirement, values)

    def attributes(self, name, profiles=()):
        found = dict(self.objects[name])
        for profile in profiles:
            found.update(self.objects[profile])
        return found

    def check(self, value, name, profiles, problems):
        attributes = self.attributes(name, profiles)
        for attribute, (_, requirement, _) in attributes.items():
            problems.expect(requirement != "required" or attribute in value, f"{name} has no {attribute}")
        for group in self.constraints[name]:
            problems.expect(set(group) & set(value), f"{name} has none of {group}")
        for attribute, member in value.items():
            listed = attribute + "[]" if isinstance(member, list) else attribute
            problems.expect(listed in attributes, f"{name} has no attribute {listed}")
            for one in member if isinstance(member, list) else [member]:
                self.check_value(f"{name}.{attribute}", one, attributes.get(listed, ("any", "", None)), problems)
            self.check_caption(attribute, member, value, attributes, problems)

    def check_value(self, path, value, attribute, problems):
        kind, _, values = attribute
        if kind.startswith("object:"):
            self.check(value, kind.split(":")[1], (), problems)
            return
        problems.expect(TYPES[kind](value), f"{path}: {value!r} is no {kind}")
        problems.expect(values is None or str(value) in values, f"{path}: {value!r} is not allowed")

    def check_caption(self, attribute, caption, value, attributes, problems):
        number = CAPTIONS.get(attribute)
        if number and value.get(number) not in (None, OTHER):
            problems.equal(attribute, caption, attributes[number][2].get(str(value[number])))


def part_of(event):
    return {2: "drops", 3: "logged"}.get(event.get("action_id"), "traffic")


def check_sums(records, events, problems):
    def sums(part, attribute):
        return sum(int((event.get("traffic") or event.get("cumulative_traffic") or {}).get(attribute, 0))
                   for event in events if part_of(event) == part)

    problems.what = "sums"
    for attribute, field in SUMS:
        problems.equal(attribute, sums("traffic", attribute), total(carriers(records), field))
    for counter in ("starts", "ends"):
        got = sum(event["unmapped"].get(counter, 0) for event in events if event["class_uid"] == 4001)
        problems.equal(counter, got, total(carriers(records), counter))
    # Nothing in OCSF tells drops of rules that log from those of the kernel.
    kernel = of_packets(records, "kernel_drop", "kernel_drops")
    for part, kind in (("drops", "drop"), ("logged", "logged")):
        packets, size = of_packets(records, kind, part)
        if part == "drops":
            packets, size = packets + kernel[0], size + kernel[1]
        problems.equal(part, sums(part, "packets_out"), packets)
        problems.equal("bytes of " + part, sums(part, "bytes_out"), size)


def check_flow(event, record, problems):
    for end, side in (("src_endpoint", "src"), ("dst_endpoint", "dst")):
        endpoint = event.get(end, {})
        problems.equal(end, endpoint.get("ip") or endpoint.get("name"), record.get(side + "_ip") or endpoint.get("name"))
        problems.equal(end + " port", endpoint.get("port"), record.get(side + "_port"))
    traffic = event.get("traffic") or event.get("cumulative_traffic") or {}
    for attribute, field in SUMS:
        problems.equal(attribute, traffic.get(attribute), record.get(field))


def check(records, text, problems):
    schema = Schema()
    events = [json.loads(line) for line in text.splitlines()]
    of_id = {record["id"]: record for record in records if "id" in record}
    ids = []
    for event in events:
        problems.what = json.dumps(event)[:300]
        name = "network_activity" if event["class_uid"] == 4001 else "base_event"
        profiles = event["metadata"].get("profiles", [])
        problems.expect(set(profiles) <= {"security_control"}, f"profiles {profiles}")
        schema.check(event, name, profiles, problems)
        problems.equal("type_uid", event["type_uid"], event["class_uid"] * 100 + event["activity_id"])
        problems.expect(None not in event["unmapped"].values(), "a value that is null")
        if "uid" in event["metadata"]:
            ids.append(event["metadata"]["uid"])
            record = of_id.get(ids[-1], {})
            if record.get("type") in ("flow", "other"):
                check_flow(event, record, problems)
    problems.what = "ids"
    problems.equal("events with the id of another one", len(ids), len(set(ids)))
    problems.equal("records without an event", {identity[:36] for identity in ids}, set(of_id))
    check_sums(records, events, problems)
