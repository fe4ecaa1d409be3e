#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --anonymize: two ctaggs count the same events, one of them with a key. What it shows is
# what the other one shows after Crypto-PAn, which the oracle computes with openssl's AES.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || exit 77

umask 077
openssl rand -hex 32 >key
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(open("key").read()))' >key.raw

# Usage: oracle REAL SHOWN. Compares flows without id, run and times, which differ.
oracle() {
	python3 - "$@" <<'END'
import ipaddress, json, subprocess, sys
key = open("key.raw", "rb").read()

def aes(blocks):
    return subprocess.run(["openssl", "enc", "-aes-128-ecb", "-nopad", "-K", key[:16].hex()],
                          input=blocks, stdout=subprocess.PIPE, check=True).stdout

pad = aes(key[16:])
known = {}

def shown(text):
    if text in known:
        return known[text]
    address, _, length = text.partition("/")
    real = ipaddress.ip_address(address)
    size = real.max_prefixlen
    mask = int.from_bytes(pad, "big")
    blocks = b""
    for n in range(size):
        keep = ((1 << n) - 1) << (128 - n)
        blocks += ((int(real) << (128 - size)) & keep | mask & ~keep).to_bytes(16, "big")
    out = aes(blocks)
    number = int(real)
    for n in range(size):
        number ^= (out[16 * n] >> 7) << (size - 1 - n)
    if length:
        number = number >> (size - int(length)) << (size - int(length))
    known[text] = str(type(real)(number)) + ("/" + length if length else "")
    return known[text]

def flows(path, change):
    rows = []
    for line in open(path):
        o = json.loads(line)
        if o["type"] in ("flow", "change", "event"):
            rows.append(json.dumps({k: change(v) if k.endswith("_ip") else v for k, v in o.items()
                                    if k not in ("id", "run", "time", "window_start", "window_end", "first_seen", "last_seen")},
                                   sort_keys=True))
    return sorted(rows)

real = flows(sys.argv[1], shown)
assert real, "no flows"
assert flows(sys.argv[2], lambda text: text) == real, "the flows differ"
print(len(known))
END
}

everything=src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone
"$CTAGG" -w 3600 -v -k $everything -o real 2>real.err &
real=$!
"$CTAGG" -w 3600 -v -k $everything -o shown --anonymize=key 2>shown.err &
shown=$!
"$CTAGG" -w 3600 -v --table=hash -k src/20/56,dst/13,proto -o networks 2>networks.err &
networks=$!
"$CTAGG" -w 3600 -v --table=hash -k src/20/56,dst/13,proto -o shown_networks --anonymize=key.raw 2>shown_networks.err &
shown_networks=$!
for name in real shown networks shown_networks; do
	wait_for grep -qs '^ctagg: ready' $name.err
done
gen --proto udp --nat --keys 20 --events 200
gen --proto tcp --ipv6 --keys 20 --events 200
gen --proto icmp --keys 5 --events 50
for pid in $real $shown $networks $shown_networks; do
	kill "$pid"
	wait "$pid" || fail "status $?"
done
for name in real shown networks shown_networks; do
	check_output $name
done
addresses=$(oracle real shown) || fail "not what the oracle says"
[ "$addresses" -ge 40 ] || fail "only $addresses addresses"
oracle networks shown_networks >/dev/null || fail "networks: not what the oracle says"
grep -q 'anonymize: addresses are replaced' shown.err || fail "$(cat shown.err)"

# event lines
"$CTAGG" -v --events -o real_events 2>real_events.err &
real=$!
"$CTAGG" -v --events -o shown_events --anonymize=key 2>shown_events.err &
shown=$!
for name in real_events shown_events; do
	wait_for grep -qs '^ctagg: ready' $name.err
done
gen --proto udp --nat --keys 10 --events 50
for pid in $real $shown; do
	kill "$pid"
	wait "$pid" || fail "status $?"
done
equal "translated events" "$(jq -c 'select(.type == "event" and .reply_dst_ip)' shown_events | wc -l)" $(($(did created) + $(did deleted)))
oracle real_events shown_events >/dev/null || fail "events: not what the oracle says"

# snapshots, and what has changed between them, are of the real addresses
"$CTAGG" --snapshot --state=state --anonymize=key >/dev/null || fail "status $?"
conntrack -I -p udp -s 10.0.0.77 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
cp -p state state2
"$CTAGG" --snapshot --state=state >real_changes || fail "status $?"
"$CTAGG" --snapshot --state=state2 --anonymize=key >shown_changes || fail "status $?"
oracle real_changes shown_changes >/dev/null || fail "changes: not what the oracle says"
digests() { jq -r 'select(.type == "window") | .sha256, .sha256_keys' "$1"; }
[ "$(digests real_changes | wc -w)" = 2 ] || fail "no digests"
[ "$(digests real_changes | sort)" != "$(digests shown_changes | sort)" ] || fail "digests without the key"

# A name of a selection tells nobody the address that it selects.
selection() { "$CTAGG" --snapshot "$@" | jq -r 'select(.type == "window") | .selection'; }
equal "all events" "$(selection --anonymize=key)" e3b0c44298fc1c14
[ "$(selection --src=10.0.0.77)" != "$(selection --src=10.0.0.77 --anonymize=key)" ] || fail "the name without the key"
equal "the same selection" "$(selection --src=10.0.0.77 --anonymize=key.raw)" "$(selection --src=10.0.0.77/32 --anonymize=key)"
equal "a key from a pipe" "$(selection --src=10.0.0.77 --anonymize=<(sleep 0.2; cat key))" "$(selection --src=10.0.0.77 --anonymize=key)"

# keys that are refused
refused() {	# the file, what is said
	"$CTAGG" --snapshot --anonymize="$1" >out 2>err
	equal "the status with $1" $? 2
	grep -q -- "--anonymize: $1: .*$2" err || fail "$(cat err)"
	[ ! -s out ] || fail "records without a key"
}
refused missing "No such file"
mkfifo -m 600 fifo
refused fifo "32 bytes"	# nobody writes to it
head -c 31 key >short
refused short "32 bytes, or 64"
chmod 640 key
refused key "chmod 600"
