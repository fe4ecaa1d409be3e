# SPDX-License-Identifier: GPL-2.0-or-later
# Measurements of bench/compare -> one summary -> a table, verdicts, a picture.

def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
def to($digits): pow(10; $digits) as $p | . * $p | round / $p;

# The reader's processor time for an event that it tells of, in microseconds.
def reader_us: .cpu_ns / 1e3 / ([.delivered, 1] | max);

# The ratio of each measurement to that of the floor in the same round with the same keys.
def times_floor($all):
	map(. as $x | $x.ns / ($all[] | select(.k == $x.k and .r == $x.r and .c == "floor").ns));

# From the lines that cost() and account() write: one row for each number of keys and contender.
def summary($rounds; $sustained): {
	rounds: ($rounds | map(.r) | max + 1),
	rows: [$rounds | group_by([.k, .c])[] | . as $own | .[0] as {$k, $c}
		| {keys: $k, listener: $c, ns: (map(.ns) | median | round), floor: (times_floor($rounds) | median | to(3))}
		+ ([$sustained[] | select(.k == $k and .c == $c)][0] // {} | if . == {} then {} else
			{generated, delivered, lost_percent: ((1 - .delivered / .generated) * 100 | to(2)),
			says, warnings, dropped, behind: (.behind | to(1)), cpu_us: (reader_us | to(3)), mib: (.kib / 1024 | round),
			buffer_mib: (.buffer / 1048576 | to(1))} end)]};

# What the listener says of its losses.
def said:
	if .says != null then "\(.says) lost"
	elif .warnings == 1 then "1 warning"
	elif .warnings > 0 then "\(.warnings) warnings"
	elif .warnings == 0 then "nothing"
	else "" end;

# A listener as readers know it.
def title: {none: "nobody", floor: "refuses every message", bpf: "ctagg, in the kernel", hash: "ctagg, in memory",
	conntrack: "conntrack -E", "conntrack-best": "conntrack -E at its best", "ulogd2-best": "ulogd2 at its best"}[.] // .;

def table:
	"| keys | listener | ns an event | x floor | generated | delivered | lost % | says | behind s | reader us an event | peak MiB | buffer MiB |",
	"|---|---|---|---|---|---|---|---|---|---|---|---|",
	(.rows[] | "| \(.keys) | \(.listener | title) | \(.ns) | \(.floor) | " + if .generated
		then "\(.generated) | \(.delivered) | \(.lost_percent) | \(said) | \(.behind) | \(.cpu_us) | \(.mib) | \(.buffer_mib) |"
		else "| | | | | | | |" end);

# The README's: what a listener misses and costs, with 10,000 keys; ctagg comes first.
def short_table:
	"| listener | lost % | says | behind s | reader us an event | x floor |",
	"|---|---|---|---|---|---|",
	([.rows[] | select(.keys == 10000 and .generated)] | sort_by(.listener | IN("bpf", "hash") | not)[]
		| "| \(.listener | title) | \(.lost_percent) | \(said) | \(.behind) | \(.cpu_us) | \(.floor) |");

# "6.1 to 7" of a figure of one listener over all numbers of keys.
def range($listener; figure):
	[.rows[] | select(.listener == $listener and .generated) | figure | to(1)] | sort
	| if .[0] == .[-1] then "\(.[0])" else "\(.[0]) to \(.[-1])" end;
def told_percent: 100 * .delivered / .generated;

# What the others miss, for the README, too.
def peers:
	([.rows[].listener] | unique) as $listeners
	| if $listeners | index("conntrack") then "As shipped `conntrack -E` told of \(range("conntrack"; told_percent)) % of the events; at its best of \(range("conntrack-best"; told_percent)) %,",
		"reading for \(range("conntrack-best"; .behind)) s more when the load had ended." else empty end,
	if $listeners | index("ulogd2") then "As shipped ulogd2 told of \(range("ulogd2"; told_percent)) %; at its best of \(range("ulogd2-best"; told_percent)) %, reading for \(range("ulogd2-best"; .behind)) s more." else empty end,
	"With ctagg stopped for \(.seconds) s, \(.stopped.lost) of \(.stopped.events) events were lost.";

def remarks:
	"*ns an event* and *x floor* are medians of \(.rounds) rounds, all else is of one load of \(.seconds) s.",
	peers,
	"\(.drain.rows) rows were written \(.drain.ms) ms after the signal (rotation \(.drain.rotate_us / 1000 | round) ms, drain \(.drain.drain_us / 1000 | round) ms).";

def targets:
	def verdict($ok): if $ok then "met" else "MISSED" end;
	def row($keys; $listener): .rows[] | select(.keys == $keys and .listener == $listener);
	. as $all
	| ([[1000, 1.06], [200000, 1.20]][] as [$keys, $aim] | row($keys; "bpf").floor
		| "target \($aim) x floor at \($keys) keys: \(.) \(verdict(. <= $aim))"),
	"target no event lost: \(verdict(all(.rows[] | select(.listener == "bpf"); .lost_percent == 0) and .stopped.lost == 0))",
	(.rows[] | select(.generated and .listener != "ulogd2" and .delivered + .dropped != .generated)
		| "WRONG: \(.keys) keys, \(.listener): delivered \(.delivered) and \(.dropped) found no room, of \(.generated)"),
	"target drained and written in 1 s: \(verdict(.drain.ms < 1000))",
	(.rows[] | select(.listener == "conntrack-best") | .keys as $keys | .cpu_us as $theirs
		| ($all | row($keys; "bpf").cpu_us)
		| "target 1/20 of the CPU of conntrack -E, \($keys) keys: \(.) of \($theirs) us \(verdict(. * 20 <= $theirs))");

# One bar a listener: the part of the events that it delivered.
def picture:
	def colour: if .listener == "bpf" then "#0b7285" elif .listener == "hash" then "#66a80f" else "#868e96" end;
	def bar($i): . as $row | (48 + 22 * $i) as $y | (300 * .delivered / .generated | to(1)) as $w
		| "<text x=\"10\" y=\"\($y + 12)\">\(.keys) keys, \(.listener | title)</text>"
		+ "<rect x=\"230\" y=\"\($y)\" width=\"300\" height=\"14\" fill=\"#e9ecef\"/>"
		+ "<rect x=\"230\" y=\"\($y)\" width=\"\($w)\" height=\"14\" fill=\"\(colour)\"/>"
		+ "<text x=\"538\" y=\"\($y + 12)\">lost \(.lost_percent) %, says: \(said); \(.behind) s behind; \(.cpu_us) us an event</text>";
	[.rows[] | select(.generated)] as $rows
	| "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"920\" height=\"\($rows | 60 + 22 * length)\" font-family=\"sans-serif\" font-size=\"12\">",
	"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
	"<text x=\"10\" y=\"24\" font-size=\"14\">Events delivered of those made in \(.seconds) s at full speed, and the reader&#39;s processor time</text>",
	($rows | to_entries[] | .key as $i | .value | bar($i)),
	"</svg>";
