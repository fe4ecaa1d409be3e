# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Spools made by hand, and the program that delivers them. Sourced after lib.sh.
DELIVER=$(dirname "$CTAGG")/ctagg-deliver

# The name of window $1 of a certain day. The names of 0 to 1439 sort as their numbers do.
window_name() {
	printf '20261121T%02d%02d00.000Z-60s-gw1-k3v9x2ma-%010d.jsonl' $(($1 / 60)) $(($1 % 60)) "$1"
}

make_spool() {	# folder
	mkdir "$1" "$1/new" "$1/tmp" "$1/dead"
	chmod 2770 "$1" "$1"/*
}

# Put windows into a spool, as a writer does: each has two lines, which name it.
put_windows() {	# folder, numbers
	local spool=$1 n name
	shift
	for n; do
		name=$(window_name "$n")
		printf '{"id":"%s-%s"}\n' "$n" 1 "$n" 2 >"$spool/tmp/$name"
		mv "$spool/tmp/$name" "$spool/new/$name"
	done
}
lines_of() {	# numbers
	local n
	for n; do
		printf '{"id":"%s-%s"}\n' "$n" 1 "$n" 2
	done
}
names_of() {	# numbers
	local n
	for n; do
		window_name "$n"
		echo
	done
}

# A command for --exec that takes what it gets: names in taken.names, lines in taken. It fails with
# the status in the file `status', if there is one, or in status.NUMBER, for that window alone; each
# attempt is in attempts.
cat >take <<'C'
#!/bin/sh
n=${CTAGG_NAME##*-}
n=${n%.jsonl}
n=$(expr "$n" + 0)
echo "$n" >>attempts
for file in "status.$n" status; do
	[ -e "$file" ] && exit "$(cat "$file")"
done
echo "$CTAGG_NAME" >>taken.names
cat >>taken
C
chmod +x take

# Start the deliverer of `spool' in the background: its process id is PID, its messages in err.
start_deliver() {	# options
	: >err
	"$DELIVER" -v --spool=spool "$@" 2>err &
	PID=$!
	wait_for deliver_ready
}
deliver_ready() {
	grep -q '^ctagg-deliver: ready' err || ! kill -0 "$PID" 2>/dev/null
}

# Run the deliverer to its end, its messages in err; its exit status has to be this one.
deliver() {	# status, options
	"$DELIVER" --spool=spool "${@:2}" 2>err
	status=$?
	equal "status of: ctagg-deliver ${*:2}" "$status" "$1"
}

is_empty() { [ -z "$(ls "$1")" ]; }
has_lines() { [ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
