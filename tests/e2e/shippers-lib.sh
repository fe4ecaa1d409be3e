# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Log shippers: the daemons of Debian's rsyslog and syslog-ng, with the configurations in examples/,
# read the file that ctagg writes. Sourced after lib.sh. tests/unpack has unpacked the daemons;
# the machine's own, and their configuration, are left alone.
unpacked=$(dirname "$TOOLS")/unpacked
examples=$E2E/../../examples
for daemon in rsyslogd syslog-ng; do
	[ -x "$unpacked/usr/sbin/$daemon" ] ||
		{ echo "no $daemon here: tests/unpack $unpacked rsyslog syslog-ng-core syslog-ng-mod-http"; exit 77; }
done

# Start a daemon in the background with the configuration in its folder: its process id is SHIPPER,
# what it says is in FOLDER/said.
start_rsyslog() {	# folder
	LD_LIBRARY_PATH=$(echo "$unpacked"/usr/lib/*/) "$unpacked/usr/sbin/rsyslogd" -n \
		-i "$PWD/$1/pid" -f "$PWD/$1/conf" -M "$(echo "$unpacked"/usr/lib/*/rsyslog)" >>"$1/said" 2>&1 &
	SHIPPER=$!
}
start_syslog_ng() {	# folder
	LD_LIBRARY_PATH=$unpacked/usr/lib/syslog-ng "$unpacked/usr/sbin/syslog-ng" --foreground --stderr --no-caps \
		--pidfile="$PWD/$1/pid" --cfgfile="$PWD/$1/conf" --persist-file="$PWD/$1/state/persist" \
		--control="$PWD/$1/control" --module-path="$(echo "$unpacked"/usr/lib/syslog-ng/*/)" >>"$1/said" 2>&1 &
	SHIPPER=$!
}
stop_shipper() {	# signal (TERM)
	kill -"${1-TERM}" "$SHIPPER"
	wait "$SHIPPER" 2>/dev/null
}

# Make a folder for a shipper, with the configuration in examples/ of that name: it reads
# FOLDER/log/ctagg.jsonl, and sends to this URL.
configure_rsyslog() {	# folder, URL
	configure "$@" rsyslog/ctagg.conf "global(workDirectory=\"$PWD/$1/state\")"
}
configure_syslog_ng() {
	configure "$@" syslog-ng/ctagg.conf "@version: 3.38"
}
configure() {	# folder, URL, file in examples/, first line of the configuration
	mkdir -p "$1/bin" "$1/log" "$1/state"
	install -m 755 "$examples/rsyslog/ctagg-post" "$1/bin/"
	{
		echo "$4"
		sed -e "s#/var/log/#$PWD/$1/log/#g" -e "s#/var/spool/rsyslog/#$PWD/$1/state/#" \
			-e "s#/usr/local/bin/#$PWD/$1/bin/#" \
			-e "s#http://clickhouse.example:8123/[^\"]*#${2//&/\\&}#" "$examples/$3"
	} >"$1/conf"
	for changed in "$PWD/$1/log/ctagg.jsonl" "$2"; do
		grep -qF "$changed" "$1/conf" || fail "$3 does not name $changed"
	done
}
