#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `make install` brings the program, the manual, the examples, the completions, the logrotate file,
# the schema, the licence and systemd's units with what goes with them; `make uninstall` takes all of it away.
. "$(dirname "$0")/lib.sh"
top=$(cd "$E2E/../.." && pwd)
build=$(dirname "$CTAGG")
[ -e "$build/Makefile" ] || { echo "ctagg is not in its build folder"; exit 77; }

run_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" "$@" DESTDIR="$PWD/root" >make.out 2>&1 ||
		fail "make $*: $(cat make.out)"
}

programs=(ctagg ctagg-deliver) view=
if [ -e "$build/ctagg-view" ]; then	# without --disable-view
	programs+=(ctagg-view)
	view=yes
fi
run_make install
{
	printf 'bin/%s\n' "${programs[@]}"
	(cd "$top" && find man -type f -printf '%f\n' | sed 's,.*\.\(.\)$,share/man/man\1/&,') |
		if [ -n "$view" ]; then cat; else grep -v ctagg-view; fi
	(cd "$top" && find examples -type f ! -path '*/logrotate.d/*' -printf 'share/doc/ctagg/%p\n')
	[ ! -e "$build/systemd/ctagg.service" ] ||	# --without-systemd
		printf '%s\n' etc/default/ctagg{,-deliver} lib/sysusers.d/ctagg.conf lib/tmpfiles.d/ctagg.conf \
		lib/systemd/system/ctagg{,-deliver,-snapshot}.service lib/systemd/system/ctagg-snapshot.timer
	printf 'share/bash-completion/completions/%s.bash\n' "${programs[@]}"
	printf 'share/fish/vendor_completions.d/%s.fish\n' "${programs[@]}"
	printf 'share/zsh/site-functions/_%s\n' "${programs[@]}"
	printf '%s\n' etc/logrotate.d/ctagg \
		share/doc/ctagg/{CHANGELOG.md,COPYING,README.md,RELEASE.md,SECURITY.md,ctagg.schema.json}
} | sort >expected
prefix=$(find root -name ctagg -path '*/bin/ctagg' -printf '%P\n')
prefix=${prefix%bin/ctagg}
(cd root && find . -type f -printf '%P\n') | sed "s,^$prefix,," | sort >installed
diff expected installed >differ || fail "expected (<) and installed (>): $(cat differ)"

# what is installed is what was built, and can be used as it is
for program in "${programs[@]}"; do
	cmp "$build/$program" "root/$prefix"bin/$program || fail "another $program"
done
for script in $(cd "$top" && find examples -type f -perm -u+x); do
	[ -x "root/${prefix}share/doc/ctagg/$script" ] || fail "$script cannot be run"
done
"root/${prefix}bin/ctagg" --schema | cmp - "root/${prefix}share/doc/ctagg/ctagg.schema.json" ||
	fail "another schema than ctagg --schema says: run: make schema"
"root/${prefix}bin/ctagg" -V >out || fail "the installed program"
logrotate -d "root/${prefix}etc/logrotate.d/ctagg" >out 2>&1 || fail "the logrotate file: $(cat out)"

run_make uninstall
[ -z "$(find root ! -type d)" ] || fail "left behind: $(find root ! -type d)"
! find root -path '*ctagg*' | grep . || fail "folders left behind"
