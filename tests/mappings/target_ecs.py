# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents of the Elastic Common Schema."""
import json

from target import (carriers, is_address, is_time, is_whole_number, known, of_packets, rows_of, total)

TYPES = {
    "keyword": lambda value: isinstance(value, str),
    "match_only_text": lambda value: isinstance(value, str),
    "long": is_whole_number,
    "date": is_time,
    "ip": lambda value: isinstance(value, str) and is_address(value),
}
REQUIRED = ("@timestamp", "ecs.version", "event.kind", "event.category[]", "event.type[]", "event.dataset")
# Of a line of traffic: the document's field, the line's field.
SAME = (
    ("source.address", "src_ip"), ("source.port", "src_port"), ("source.packets", "orig_packets"),
    ("source.bytes", "orig_bytes"), ("destination.address", "dst_ip"), ("destination.port", "dst_port"),
    ("destination.packets", "reply_packets"), ("destination.bytes", "reply_bytes"), ("ctagg.starts", "starts"),
    ("ctagg.ends", "ends"), ("ctagg.unreplied", "unreplied"), ("host.name", "host"), ("event.start", "window_start"),
    ("event.end", "window_end"))
SUMS = (("source.packets", "orig_packets"), ("source.bytes", "orig_bytes"), ("destination.packets", "reply_packets"),
        ("destination.bytes", "reply_bytes"), ("ctagg.starts", "starts"), ("ctagg.ends", "ends"))


def leaves(value, path=""):
    """(path, value) of each leaf; [] stands for the members of a list."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path + "[]")
    else:
        yield path, value


class Fields:
    def __init__(self):
        rows = rows_of("ecs.fields")
        self.expected = {row[1]: row[2].split(",") for row in rows if row[0] == "expected"}
        self.types = {row[0]: row[1] for row in rows if row[0] != "expected"}
        self.allowed = {row[0]: row[2].split(",") for row in rows if len(row) == 3 and row[0] != "expected"}

    def check(self, path, value, record_fields, problems):
        if path.startswith("ctagg."):
            problems.expect(path.split(".")[1] in record_fields, f"{path} is no field of a record")
            problems.expect(value is not None, f"{path} is null")
            return
        name = "labels.*" if path.startswith("labels.") else path
        problems.expect(name in self.types, f"{path} is no field of ECS")
        problems.expect(TYPES[self.types.get(name, "keyword")](value), f"{path}: {value!r} is no {self.types.get(name)}")
        problems.expect(value in self.allowed.get(name, [value]), f"{path}: {value!r} is not allowed")


def part_of(document):
    types = document["event"]["type"]
    if document["event"].get("action") == "kernel-drop":
        return "kernel_drops"
    return "drops" if "denied" in types else "logged" if "allowed" in types else "traffic"


def check_sums(records, documents, problems):
    def sums(part, path):
        return sum(int(leaf.get(path, 0)) for document, leaf in documents
                   if document["event"]["dataset"] in ("ctagg.flow", "ctagg.other", "ctagg.event") and part_of(document) == part)

    problems.what = "sums"
    for path, field in SUMS:
        problems.equal(path, sums("traffic", path), total(carriers(records), field))
    for part, kind in (("drops", "drop"), ("kernel_drops", "kernel_drop"), ("logged", "logged")):
        packets, size = of_packets(records, kind, part)
        problems.equal(part, sums(part, "source.packets"), packets)
        problems.equal("bytes of " + part, sums(part, "source.bytes"), size)


def check_document(document, record, problems):
    """The document of the traffic of a flow record says what the record says, and leaves out what is not known."""
    for path, field in SAME:
        problems.equal(path, document.get(path), record.get(field))


def check(records, text, problems):
    fields = Fields()
    names = {name for record in records for name in record}
    documents = []
    for line in text.splitlines():
        document = json.loads(line)
        problems.what = line[:300]
        flat = list(leaves(document))
        for path, value in flat:
            fields.check(path, value, names, problems)
        for name in REQUIRED:
            problems.expect(name in dict(flat), f"has no {name}")
        for category in document["event"]["category"]:
            problems.expect(set(document["event"]["type"]) <= set(fields.expected[category]), "types of the category")
        documents.append((document, dict(flat)))
    of_id = {record["id"]: record for record in records if "id" in record}
    ids = [flat["event.id"] for _, flat in documents if "event.id" in flat]
    problems.what = "ids"
    problems.equal("documents with the id of another one", len(ids), len(set(ids)))
    problems.equal("records without a document", {identity[:36] for identity in ids}, set(of_id))
    for document, flat in documents:
        record = of_id.get(flat.get("event.id"), {})
        if record.get("type") in ("flow", "other"):
            problems.what = flat["event.id"]
            check_document(flat, record, problems)
    problems.what = "drops beside traffic"
    both = [r for r in records if r["type"] == "flow" and r.get("drops") and (r.get("starts") or r.get("ends")) and not r.get("logged")]
    for record in both:
        problems.equal("documents of " + record["id"], sum(i.startswith(record["id"]) for i in ids), 2)
    problems.expect(both, "no record has both")
    problems.expect(any(known(r, "log_prefix") for r in records), "no record has a prefix")
    check_sums(records, documents, problems)
