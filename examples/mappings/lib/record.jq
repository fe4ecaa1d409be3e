# What the mappings have in common: records of ctagg in the forms that other schemas want.

# Fields without what is not known: a schema has no word for unknown but a field that is absent.
def known: delpaths([path(.[] | select(. == null or . == {} or . == []))]);
def without($names): delpaths([$names[] | [.]]);
def without_tags: delpaths([keys_unsorted[] | select(startswith("tag_")) | [.]]);

# Microseconds since 1970. ctagg writes all times in UTC, with six decimals; jq reads whole seconds.
def micros: (.[:19] + "Z" | fromdateiso8601) * 1000000 + (.[20:26] | tonumber);
def millis: micros / 1000 | floor;

# An integer of 0 to 2^63-1 in decimal digits. jq 1.6 rounds numbers above 2^53 when it reads them, and
# writes those from 10^17 on with an exponent; jq 1.7 rounds them when it first adds to them.
def digits:
	if . + 0 >= 9223372036854775807 then "9223372036854775807"
	elif . < 9007199254740992 then tostring
	else (. % 1000000000) as $low
	| ((. - $low) / 1000000000 | round | tostring) + ($low + 1000000000 | tostring[1:]) end;

# The bounds of a record. A line of --events has one time, and a finding of --check the milliseconds
# since 1970 in the first 48 bits of its id (RFC 9562, 5.7).
def hexadecimal: reduce (explode[] | if . > 96 then . - 87 else . - 48 end) as $digit (0; . * 16 + $digit);
def time_of_id: (.[:8] + .[9:13] | hexadecimal) as $ms
	| ($ms / 1000 | floor | todateiso8601)[:19] + "." + ($ms % 1000 + 1000 | tostring[1:]) + "000Z";
def begins: .window_start // .time;
def ends: .window_end // .time // (.id | if . then time_of_id else . end);

# An address that is one, and not a network as a key with src/24 has them.
def whole: if . != null and (index("/") | not) then . else null end;
def family: (.src_ip // .dst_ip) as $ip
	| if $ip == null then null elif $ip | index(":") then 6 else 4 end;

# IANA's number of a protocol, and its keyword in lower case: ctagg writes a protocol that it has no
# name for as its number.
def protocol_number:
	if . == null then null else
		{icmp: 1, igmp: 2, ipip: 4, tcp: 6, udp: 17, dccp: 33, ipv6: 41, gre: 47, esp: 50, ah: 51,
		icmpv6: 58, ospf: 89, pim: 103, vrrp: 112, l2tp: 115, sctp: 132, udplite: 136}[.] // tonumber
	end;
def protocol_name:
	if . == null or test("^[0-9]") then null
	else {icmpv6: "ipv6-icmp", ipip: "ipv4", ospf: "ospfigp"}[.] // . end;

# A sum of two counters, where both are known.
def sum($a; $b): if $a == null or $b == null then null else $a + $b end;

def traffic_counters: [
	"starts", "ends", "live", "closing", "unreplied",
	"tcp_unanswered", "tcp_closed", "tcp_reset", "tcp_expired",
	"orig_packets", "orig_bytes", "reply_packets", "reply_bytes", "uncounted_ends", "uncounted_live",
	"duration_ms_sum", "duration_ms_max"];
def drop_counters: ["drops", "drop_bytes", "unsized_drops"];
def kernel_counters: ["kernel_drops"];
def log_counters: ["logged"];

# A flow or other record says up to four things: what connections did and carried, which packets rules
# logged and dropped, which the kernel dropped, which were logged and let go. Each that happened is given as {part, record}: the record has
# no counters of the others, and an id of its own, which the next delivery has, too. A line of
# --events says one of the four.
def happened($counters): any(.[$counters[]]; . != null and . != 0);
def part($name; $others): {part: $name, record: (without($others) | if .id then .id += "-" + $name else . end)};
def parts:
	if .type == "event" then {part: ({drop: "drops", kernel_drop: "kernel_drops", logged: "logged"}[.kind] // "traffic"), record: .}
	else
		happened(drop_counters) as $drops | happened(kernel_counters) as $kernel | happened(log_counters) as $logged
		| if happened(traffic_counters) or ($drops or $kernel or $logged | not)
			then {part: "traffic", record: without(drop_counters + kernel_counters + log_counters)} else empty end,
		if $drops then part("drops"; traffic_counters + kernel_counters + log_counters) else empty end,
		if $kernel then part("kernel_drops"; traffic_counters + drop_counters + log_counters) else empty end,
		if $logged then part("logged"; traffic_counters + drop_counters + kernel_counters) else empty end
	end;
