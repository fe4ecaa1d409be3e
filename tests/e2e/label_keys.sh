#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --key=src-label,dst-label: a row for each pair of labels, whatever the number of addresses, with both
# tables. The generator says what each address had, awk what its labels are. ADDRESSES=1000000 for more.
. "$(dirname "$0")/lib.sh"
find_tables
addresses=${ADDRESSES:-100000}

# 50,000 networks of 16 addresses from 10.0.0.0 on, for 1,000 customers; address 10.0.0.1 alone is the
# gateway, 10.0.1.0/29 has no label, and half of the destinations are of a site.
awk 'BEGIN {
	for (i = 0; i < 50000; i++)
		printf "10.%d.%d.%d/28,customer %d\n", i / 4096, i / 16 % 256, i % 16 * 16, i % 1000
	print "10.0.0.1,gateway\n10.0.1.0/29,\n198.18.0.0/24,\"site \"\"A\"\"\"\n198.18.1.0/24,site B"
	print "fd00::/112,six\nfd00::100/120,"
}' >labels.csv

# The labels of a pair of addresses, in the same words as above. From lines of the generator.
cat >labels.awk <<'A'
function address(text, part) { split(text, part, "."); return part[2] * 65536 + part[3] * 256 + part[4] }
function source(text, n) {
	n = address(text)
	if (n == 1)
		return "gateway"
	if ((n >= 256 && n < 264) || n >= 800000)
		return ""
	return "customer " int(n / 16) % 1000
}
function site(text) { return text ~ /^198\.18\.0\./ ? "site \"A\"" : text ~ /^198\.18\.1\./ ? "site B" : "" }
{
	pair = source($1) "\t" site($2)
	starts[pair] += $3
	ends[pair] += $4
}
END {
	for (pair in starts)
		if (starts[pair] + ends[pair])
			print pair "\t" starts[pair] "\t" ends[pair]
}
A
# What each pair of labels had, sorted: of lines of the generator, of records.
expected() {
	sed -n 's/.*"src_ip":"\([^"]*\)".*"dst_ip":"\([^"]*\)".*"starts":\([0-9]*\).*"ends":\([0-9]*\).*/\1 \2 \3 \4/p' "$1" |
		awk -f labels.awk | sort
}
found() {
	jq -r 'select(.type == "flow") | "\(.src_label // "")\t\(.dst_label // "")\t\(.starts)\t\(.ends)"' "$1" | sort
}

start_all -w 1h -m 65536 -k src-label,dst-label --labels=labels.csv
gen --patient --keys "$addresses" --events $((2 * addresses)) --per-key
cp gen.out made
finish_all
expected made >expected
for table in $tables; do
	found out.$table >found
	diff expected found >differences || fail "$table: $(head -n 4 differences)"
	equal "$table: fields" "$(jq -r 'select(.type == "flow") | select(has("src_ip") or has("dst_port") or has("proto"))' out.$table)" ""
	equal "$table: engine" "$(jq -r 'select(.type == "window").engine' out.$table)" $table
done
[ "$(wc -l <expected)" -ge 1000 ] || fail "only $(wc -l <expected) pairs"
if [ -e out.bpf ]; then
	equal "rows of the kernel table" "$(jq 'select(.type == "window").table_rows' out.bpf)" "$(wc -l <expected)"
	equal "passed on" "$(jq 'select(.type == "window").passed_events' out.bpf)" 0
fi

# Packets that a rule drops have labels as connections have.
nft -f - <<-'N' || fail "the rule"
	table inet filter {
		chain input { type filter hook input priority 0; udp dport 5000 log prefix "p" group 5 drop; }
	}
N
echo '127.0.0.0/8,this host' >drops.csv
TABLE="hash" start -w 1h -g 5 --no-conntrack -k src-label,dst-label,rule --labels=drops.csv
"$TOOLS/packets" --count 7 --to 127.0.0.1 --port 5000 >/dev/null
finish
check_output
equal "drops by label" "$(jq -c 'select(.type == "flow") | [.src_label, .dst_label, .drops]' out)" '["this host","this host",7]'

# Beside a part of the address, and ports; of both families; and how many labels each had.
start_all -w 1h -k src/24/120,src-label,dport --distinct=dst-label --labels=labels.csv
gen --mixed --keys 1000 --events 4000 --per-key
cp gen.out made
finish_all
for table in $tables; do
	jq -S -c 'select(.type == "flow") | {src_ip, src_label, dst_port, starts, ends, distinct_dst_label}' out.$table | sort >same.$table
done
[ ! -e same.bpf ] || cmp same.bpf same.hash || fail "the tables differ"
jq -r '"\(.src_ip)\t\(.src_label // "")"' same.hash | sort -u >networks
grep -q "^10.0.0.0/24.gateway$" networks || ! grep -q '"src_ip":"10.0.0.1"' made || fail "no gateway"
grep -q "^10.0.0.0/24.customer 3$" networks || fail "no customer in a part of an address"
grep -q '^fd00::/120.six$' networks || fail "no label of IPv6"
grep -qP '^fd00::100/120\t$' networks || fail "a network without a label has one"
equal "no more than one label of a destination and port" \
	"$(jq -s 'map(.distinct_dst_label // 0) | max' same.hash)" 1
