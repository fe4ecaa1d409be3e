#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --schema is a JSON Schema of draft 2020-12, and real records are held against it: a record that
# is not as the schema has it is found. Every other test holds its own records against it, too.
. "$(dirname "$0")/lib.sh"
[ -n "${validator-}" ] && /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
	{ echo "python3-fastjsonschema and python3-jsonschema are not here"; exit 77; }

"$CTAGG" --schema >schema || fail "--schema"
start -w 3600 --table=hash
gen --keys 4 --events 16
finish
/usr/bin/python3 - schema out <<-'P' || fail "by the draft's own rules"
	import json, sys, jsonschema
	schema = json.load(open(sys.argv[1]))
	draft = jsonschema.Draft202012Validator
	draft.check_schema(schema)
	for line in open(sys.argv[2]):
	    draft(schema).validate(json.loads(line))
P
wrong() {	# what a record is made into with jq
	jq -c "$1" out >changed
	! "$validator" schema changed >said || fail "passes: $1"
	command rm changed
}
wrong '.type = "flux"'
wrong '.more = 1'
wrong 'del(.window_start)'
wrong '.window_end = "2026-11-21T01:00:00Z"'
wrong '.starts = -1'
wrong '.starts = "1"'
wrong 'if .type == "window" then .status = "fine" else . end'
wrong '.id = null'
printf '{"type":"flow","schema":1}\n' >changed
! "$validator" schema changed >said || fail "passes: a record without anything"
command rm changed
"$CTAGG" --schema >/dev/full 2>err
equal "status on a full disk" $? 1
