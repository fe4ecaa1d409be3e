# Records of ctagg as log records of OpenTelemetry, in OTLP/JSON: jq -c -n -f otel.jq FILE
# Each line of output is a request with the records of a window, at most 1,000. Post it to /v1/logs of
# a collector (Content-Type: application/json), or let the collector's otlpjsonfile receiver read it.
#
# The state of the semantic conventions, read on 2026-11-22: network.transport, network.type and
# service.name are stable. source.*, destination.*, host.name and log.record.uid are in development and
# can change. For records of flows there is no convention: the metric network.flow.io, in development,
# counts the bytes of one direction. network.io.direction is not used, since the convention
# says that it is not the direction of a connection. All other attributes are below ctagg.*, with
# the names of ctagg-record(5).
#
# A record becomes one log record, without its null fields. Integers are strings of digits, as OTLP/JSON
# wants those of 64 bits; jq 1.6 rounds integers above 2^53. log.record.uid is the same in a repeated delivery.
include "lib/record" {search: "./"};

def value:
	if type == "boolean" then {boolValue: .}
	elif type == "number" then {intValue: digits}
	else {stringValue: .} end;
def attribute($key): {$key, value: value};

def conventional: {
	proto: "network.transport", src_ip: "source.address", src_port: "source.port",
	dst_ip: "destination.address", dst_port: "destination.port", id: "log.record.uid"};

# The kernel object is the only value that has members.
def attributes:
	(family | values | "ipv\(.)" | attribute("network.type")),
	(without(["type", "schema", "host", "run"]) | keys_unsorted[] as $name | .[$name] | values
		| if type == "object" then keys_unsorted[] as $member | .[$member] | values | attribute("ctagg.\($name).\($member)")
		else attribute(conventional[$name] // "ctagg." + $name) end);

# A window that is partial, and what --check finds.
def severity:
	{error: 17, warning: 13, note: 9}[.severity // ""]
	// (if .status == "partial" or .type == "loss" then 13 else 9 end);
def severity_text: {"9": "INFO", "13": "WARN", "17": "ERROR"}[tostring];

def log_record:
	((ends | micros | digits) + "000") as $time
	| {timeUnixNano: $time, observedTimeUnixNano: $time,
	severityNumber: severity, severityText: (severity | severity_text),
	eventName: ("ctagg." + .type), attributes: [attributes]}
	+ if .text then {body: {stringValue: .text}} else {} end;

def resource: [
	("ctagg" | attribute("service.name")),
	(.run | values | attribute("service.instance.id")),
	(.host | values | attribute("host.name"))];

def request: {resourceLogs: [{resource: {attributes: .resource},
	scopeLogs: [{scope: {name: "ctagg"}, logRecords: .records}]}]};

# A request ends with its window, after 1,000 records, and where records of another run begin.
foreach (inputs, null) as $record ({records: []};
	($record | if . then resource else null end) as $resource
	| .full = null
	| if .records != [] and (.ends or .resource != $resource or (.records | length) == 1000)
		then .full = request | .records = [] else . end
	| if $record then .resource = $resource | .records += [$record | log_record] | .ends = ($record.type == "window")
	else . end;
	.full | values)
