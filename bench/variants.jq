# SPDX-License-Identifier: GPL-2.0-or-later
# Measurements of bench/variants -> one summary -> a table and verdicts.

include "compare";	# median, to, reader_us

# The case that a case is compared with: the same table and as many keys, nothing asked.
def plain: split(" ") as [$table, $asked]
	| $table + if $asked == "flood" or $asked == "million" then " million" else "" end;
def ratio_to_plain($all; cost):
	map(. as $x | ($x | cost) / ($all[] | select(.c == ($x.c | plain) and .r == $x.r) | cost)) | median | to(3);

# `whole` is the kernel's side and the reader's together.
def summary: . as $all | group_by([.k, .c]) | map({
	keys: .[0].k, case: .[0].c,
	ns: (map(.ns) | median | round),
	plain: ratio_to_plain($all; .ns),
	cpu_us: (map(reader_us) | median | to(3)),
	whole: ratio_to_plain($all; .ns + 1000 * reader_us),
	lost_percent: (map(1 - .delivered / .generated) | add / length * 100 | to(2)),
	mib: (map(.kib) | max / 1024 | round)});

def table:
	"| keys | table, case | ns an event | x plain | reader us an event | both, x plain | lost % | peak MiB |",
	"|---|---|---|---|---|---|---|---|",
	(.[] | "| \(.keys) | \(.case) | \(.ns) | \(.plain) | \(.cpu_us) | \(.whole) | \(.lost_percent) | \(.mib) |");

def targets:
	def verdict($ok): if $ok then "met" else "MISSED" end;
	(.[] | select(.case == ("bpf masks", "bpf select")) | "target 1.05 x plain, \(.case): \(.plain) \(verdict(.plain <= 1.05))"),
	(.[] | select(.case == "hash flood") | "target 2 x plain, \(.case): \(.whole) \(verdict(.whole <= 2))");
