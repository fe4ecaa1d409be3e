#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): deliver to a server over HTTPS, and watch that with the tools themselves:
# the check as Nagios's agent runs it, node_exporter, and promtool.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/receiver-lib.sh"
"$CTAGG-deliver" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }
command -v openssl promtool prometheus-node-exporter >/dev/null || { echo "openssl or prometheus is missing"; exit 77; }
install_all
systemd-sysusers /usr/lib/sysusers.d/ctagg.conf && systemd-tmpfiles --create /usr/lib/tmpfiles.d/ctagg.conf || fail "users and folders"
track

# --- deliver ----------------------------------------------------------------------------
# The server of the page, with a certificate that this machine believes.
echo "127.0.0.1 collector.example" >>/etc/hosts
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=collector.example -keyout key -out certificate \
	-addext subjectAltName=DNS:collector.example 2>/dev/null || fail "openssl"
cat key certificate >server.pem
cat certificate >>/etc/ssl/certs/ca-certificates.crt
start_receiver r --port=8443 --tls=server.pem

metrics=/var/lib/prometheus/node-exporter
# Both programs as their services run them: as users without a right to the files of others.
chgrp ctagg $metrics && chmod g+w $metrics
cat >as_service <<'C'
#!/bin/sh
exec setpriv --reuid=ctagg --regid=ctagg --init-groups --inh-caps=+net_admin,+bpf --ambient-caps=+net_admin,+bpf /usr/bin/ctagg "$@"
C
chmod +x as_service
CTAGG=./as_service start -w 1h --spool=/var/lib/ctagg/spool --metrics=$metrics/ctagg.prom
gen --keys 10 --events 30
close_window_of_spool() {
	local before
	before=$(find /var/lib/ctagg/spool/new -type f | wc -l)
	kill -USR2 "$PID"
	wait_for has_more_files "$before"
}
has_more_files() { [ "$(find /var/lib/ctagg/spool/new -type f | wc -l)" -gt "$1" ]; }
close_window_of_spool
cat /var/lib/ctagg/spool/new/* >written

procedure "DELIVER"
types "runuser -u ctagg-deliver -- ctagg-deliver --spool=/var/lib/ctagg/spool --list"
sees 1
types "runuser -u ctagg-deliver -- ctagg-deliver --spool=/var/lib/ctagg/spool -v --once --url='https://collector.example:8443/ctagg?name={name}'"
sees 2
types "runuser -u ctagg-deliver -- ctagg-deliver --spool=/var/lib/ctagg/spool --status"
sees 1
procedure_ends
cmp written r/taken || fail "the server has other lines"
equal "files that wait" "$(ls /var/lib/ctagg/spool/new)" ""

# --- Nagios -----------------------------------------------------------------------------
useradd --system --no-create-home nagios 2>useradd.err || id nagios >/dev/null || fail "$(cat useradd.err)"
mkdir -p /etc/nagios/nrpe.d
as_nagios() { runuser -u nagios -- sh -c "$(sed -n 's/^command\[check_ctagg\]=//p' /etc/nagios/nrpe.d/ctagg.cfg)" >said 2>&1; }
procedure "WATCH WITH NAGIOS"
types "usermod -a -G ctagg nagios"
types "cp /usr/share/doc/ctagg/examples/nagios/ctagg.cfg /etc/nagios/nrpe.d/"
types "runuser -u nagios -- ctagg-deliver --spool=/var/lib/ctagg/spool --status"
sees 3
procedure_ends
as_nagios || fail "the check in ctagg.cfg: $(cat said)"
grep -q '^OK: 0 waiting; 0 dead |' said || fail "the check in ctagg.cfg: $(cat said)"
# A window that waits for longer, one that was refused, and a user outside of the group.
name=20260101T000000.000Z-60s-gw1-k3v9x2ma-0000000001.jsonl
validator=	# not records that ctagg has written
cp written "/var/lib/ctagg/spool/new/$name"
as_nagios
equal "status with an old window" $? 2
command rm "/var/lib/ctagg/spool/new/$name"
cp written "/var/lib/ctagg/spool/dead/$name"
as_nagios
equal "status with a dead letter" $? 1
command rm "/var/lib/ctagg/spool/dead/$name"
gpasswd --delete nagios ctagg >/dev/null
as_nagios
equal "status outside of the group" $? 3
grep -q '^UNKNOWN: /var/lib/ctagg/spool: Permission denied' said || fail "outside of the group: $(cat said)"

# --- Prometheus -------------------------------------------------------------------------
procedure "WATCH WITH PROMETHEUS"
prometheus-node-exporter --collector.disable-defaults --collector.textfile --log.level=error \
	--collector.textfile.directory=$metrics --web.listen-address=127.0.0.1:9100 2>exporter.err &
exporter=$!
wait_for listening "" 9100
runuser -u ctagg-deliver -- ctagg-deliver --spool=/var/lib/ctagg/spool --metrics=$metrics/ctagg-deliver.prom --once \
	--url='https://collector.example:8443/ctagg?name={name}' || fail "ctagg-deliver --metrics"
types "curl -s http://localhost:9100/metrics | grep '^ctagg_starts_total'"
sees 1
equal "starts" "$(cut -d' ' -f2 said)" "$(did created)"
mkdir -p /etc/prometheus
types "cp /usr/share/doc/ctagg/examples/prometheus/ctagg.rules.yml /etc/prometheus/"
types "promtool check rules /etc/prometheus/ctagg.rules.yml"
sees 2
procedure_ends
# Each name in the rules is one that node_exporter hands on, but for the time of the oldest file that
# waits, which is unknown while none waits.
curl -s http://localhost:9100/metrics >scraped
grep -oE '\bctagg_[a-z_]+' /etc/prometheus/ctagg.rules.yml | sort -u >names
[ "$(wc -l <names)" -ge 8 ] || fail "only $(wc -l <names) names in the rules"
while read -r name; do
	grep -qE "^${name}[ {]" scraped || [ "$name" = ctagg_deliver_oldest_timestamp_seconds ] || fail "no sample: $name"
done <names
grep -q '^ctagg_deliver_oldest' scraped && fail "something waits"
equal "errors of node_exporter" "$(cat exporter.err)" ""
kill $exporter
# Each alarm is raised by what it is for, and by nothing else.
cp "$E2E/prometheus.rules.test.yml" /etc/prometheus/test.yml
promtool test rules /etc/prometheus/test.yml >said 2>&1 || fail "the rules: $(cat said)"
grep -oE 'alert: \w+' /etc/prometheus/ctagg.rules.yml | sort -u |
	diff - <(grep -oE 'alertname: \w+' /etc/prometheus/test.yml | sed 's/name//' | sort -u) >differ ||
	fail "alarms of the rules (<) and of their test (>): $(cat differ)"
finish
