#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On a Debian that has just been started (tests/debian-boot), in the folder of the packages: install
# them, see the service count, reinstall, remove, purge; and nothing is left of them then.
set -u
failed=0
fail() { echo "FAIL: $*"; failed=1; }

# Every file with its type, mode, owner and contents, but for what a running machine changes by
# itself and what dpkg notes about each package that ever was there.
everything() {
	local own='-path /mnt -o -path /run -o -path /tmp -o -path /var/log/journal -o -path /var/log/dpkg.log
		-o -path /var/log/alternatives.log -o -path /var/lib/dpkg/* -o -path /var/cache/ldconfig/* -o -path /etc/*-
		-o -path /var/lib/systemd/timers'
	set -f
	# shellcheck disable=SC2086 # a list
	{
		find / -xdev \( $own \) -prune -o -printf '%p %y %m %u %g %l\n'
		find / -xdev \( $own \) -prune -o -type f -print0 | xargs -0 sha256sum
	} | sort
	set +f
}
wait_for() {
	local _
	for _ in $(seq 300); do
		"$@" && return
		sleep 0.1
	done
	fail "never: $*"
}

everything >/tmp/before
dpkg -i ./*.deb || fail "dpkg -i"
systemctl is-enabled --quiet ctagg.service || fail "ctagg.service is not enabled"
systemctl is-enabled --quiet ctagg-deliver.service && fail "ctagg-deliver.service, which has no destination yet, is enabled"
wait_for systemctl is-active --quiet ctagg.service
id ctagg-deliver | grep -q '(ctagg)' || fail "ctagg-deliver is not in the group of the spool: $(id ctagg-deliver)"
for unit in ctagg ctagg-deliver; do
	systemd-analyze verify --man=no $unit.service 2>&1 | grep . && fail "$unit.service"
done

# A connection to count, in this machine's network namespace; the oracle is a counter of nftables.
ip link set lo up
nft -f - <<'END'
table ip oracle {
	counter connections { }
	chain out {
		type filter hook output priority 0
		ct state new udp dport 9 counter name connections
	}
}
END
for address in $(seq 1 20); do
	echo >"/dev/udp/127.0.0.$address/9"
done 2>/dev/null
systemctl kill --kill-whom=main --signal=USR2 ctagg.service
counted() {
	[ "$(jq -s 'map(select(.type == "flow" and .dst_port == 9) | .starts) | add' /var/log/ctagg/ctagg.jsonl)" = \
		"$(nft -j list counter ip oracle connections | jq '.nftables[] | .counter // empty | .packets')" ]
}
wait_for counted
nft delete table ip oracle
[ "$(stat -c %U:%G /var/log/ctagg/ctagg.jsonl)" = ctagg:ctagg ] || fail "owner of ctagg.jsonl"

# The viewer shows what the service has counted, to a user without privileges.
setpriv --reuid=65534 --regid=65534 --clear-groups ctagg-view --table --dst=127.0.0.0/8 --dport=9 \
	</var/log/ctagg/ctagg.jsonl >/tmp/table || fail "ctagg-view"
grep -q '^local .* udp .* 127.0.0.20 ' /tmp/table || fail "ctagg-view --table: $(cat /tmp/table)"
rm /tmp/table

# The test of the installed package that Debian's machines run, too.
./count || fail "debian/tests/count"

# Delivery is enabled when it has a destination.
echo 'CTAGG_DELIVER_OPTIONS="--spool=/var/lib/ctagg/spool --udp=127.0.0.1:9"' >>/etc/default/ctagg-deliver
systemctl enable --now ctagg-deliver.service || fail "ctagg-deliver.service does not start"

# A configuration that somebody has changed stays, and the services run again, when the packages are installed anew.
echo '# mine' >>/etc/default/ctagg
first=$(systemctl show -P MainPID ctagg.service)
dpkg -i ./*.deb || fail "dpkg -i, again"
wait_for systemctl is-active --quiet ctagg.service
wait_for systemctl is-active --quiet ctagg-deliver.service
[ "$(systemctl show -P MainPID ctagg.service)" != "$first" ] || fail "the service was not started anew"
grep -q '^# mine' /etc/default/ctagg || fail "a changed configuration is lost"

# Removed: no program runs; windows and configuration stay until they are purged.
dpkg -r ctagg-view ctagg-deliver ctagg || fail "dpkg -r"
pgrep -x ctagg && fail "ctagg runs, removed"
[ -s /var/log/ctagg/ctagg.jsonl ] && [ -e /etc/default/ctagg ] || fail "removing takes windows or configuration"
dpkg -P ctagg-view ctagg-deliver ctagg || fail "dpkg -P"
everything >/tmp/after
diff /tmp/before /tmp/after || fail "installed and purged (>), this machine is not as it was before (<)"
exit $failed
