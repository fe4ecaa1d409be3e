#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo says the same in every run, which is what the README says that it says; it
# leaves nothing behind, and finds the ctagg that is meant.
. "$(dirname "$0")/lib.sh"
top=$(cd "$E2E/../.." && pwd)
export CTAGG

# The README shows all that the demo says, without the records, which have times and ids.
sed -n 's/^ *\(demo: \)/\1/p' "$top/README.md" >readme
grep -q 'began' readme || fail "the README does not show what the demo says"
view=$(dirname "$CTAGG")/ctagg-view
[ -x "$view" ] || sed -i '/ctagg-view/,$d' readme	# --disable-view
for run in 1 2 3; do
	bash "$top/examples/demo.sh" >said 2>err || fail "run $run ended with status $?"
	grep '^demo: ' said | diff readme - >differ || fail "README (<) and run $run (>): $(cat differ)"
	grep -v '^demo: ' said >out
	LC_ALL=C grep -qv '^{"type":"' out && fail "neither a record nor a sentence: $(grep -v '^{' out)"
	equal "sentences about records" "$(grep -c '^demo: ^' said)" "$(wc -l <out)"
	equal "messages" "$(cat err)" ""
	[ ! -x "$view" ] || grep -q '</html>' ctagg-demo.html || fail "no report in run $run"
	[ ! -x "$view" ] || grep -q '>2</data> windows of 1h' ctagg-demo.html || fail "the report is not of the two windows in run $run"
	rm -f ctagg-demo.html
done
equal "starts and ends of connections" "$(total starts)" "$(total ends)"

# On a terminal the live view comes, too, and q leaves it.
if [ -x "$view" ]; then
	mkfifo keys
	TERM=xterm script -q -f -e -c "bash '$top/examples/demo.sh'" typescript <keys >/dev/null 2>&1 &
	terminal=$!
	exec 7<>keys
	is_live() { grep -qsF $'\e[?1049h' typescript; }	# the terminal's other screen
	wait_for is_live
	leaves() { printf q >&7 && ! kill -0 $terminal 2>/dev/null; }
	wait_for leaves
	wait $terminal
	equal "status of the demo on a terminal" $? 0
	exec 7>&-
	grep -q 'demo: The report of both windows is in' typescript || fail "on a terminal: $(tail -n 2 typescript)"
fi

# Nothing runs on, and no namespace has stayed, also after an interruption.
left() {
	ps -e -o args= | grep -E 'unshare|ncat|ping|examples/demo|/ctagg( |$)' | grep -v grep
	ip netns list
	ip -br link | grep -v '^lo '
}
nothing_left() { [ -z "$(left)" ]; }
says_how() { grep -q '^demo: \$ ctagg' said; }
nothing_left || fail "left behind: $(left)"
for signal in INT TERM HUP; do
	: >said
	env --default-signal=INT,HUP bash "$top/examples/demo.sh" >said 2>err &
	demo=$!
	wait_for says_how
	kill -$signal $demo
	wait $demo
	equal "status after SIG$signal" $? 130
	wait_for nothing_left
done

# Without CTAGG: the ctagg of the tree around the demo, made there when it is configured
# there and in build-demo/ otherwise; outside of a tree, the installed one. Each ctagg here
# only says where it is.
mount -t tmpfs tmpfs /mnt	# the demo has a /run of its own
tree=/mnt/tree
make_tree() {	# a source tree whose configure and make do next to nothing
	rm -rf $tree
	mkdir -p $tree/examples $tree/tests $tree/bin
	cp "$top/examples/demo.sh" "$top/examples/demo.jq" $tree/examples/
	echo 'install_missing() { :; }; BUILD_PACKAGES="" DEMO_PACKAGES=""' >$tree/tests/packages.sh
	printf '#!/bin/sh\necho "it is $0" >&2\nexit 1\n' >$tree/bin/ctagg
	printf '#!/bin/sh\nprintf "ctagg:\\n\\tcp %s/bin/ctagg ctagg\\n" >Makefile\n' $tree >$tree/configure
	chmod +x $tree/configure $tree/bin/ctagg
	touch $tree/configure.ac
}
runs() {	# which ctagg, where, the demo
	env -u CTAGG PATH="$tree/bin:$PATH" bash ${3:-$tree/examples/demo.sh} >said 2>err && fail "no error: $2"
	grep -qx "it is $tree/$1" err || fail "not $1, $2"
}
make_tree
runs build-demo/ctagg "in a clean tree"
make_tree
(cd $tree && ./configure && touch config.status)
runs ctagg "in a tree that is configured"
make_tree
rm $tree/configure.ac
runs bin/ctagg "when it is installed"
mkdir -p $tree/prefix/bin $tree/prefix/share/doc/ctagg
cp -r $tree/examples $tree/prefix/share/doc/ctagg/
cp $tree/bin/ctagg $tree/prefix/bin/
runs prefix/bin/ctagg "when another is in PATH" $tree/prefix/share/doc/ctagg/examples/demo.sh
CTAGG=no-such-program bash $tree/examples/demo.sh >said 2>err && fail "CTAGG=no-such-program is used"
CTAGG=$tree/bin/ctagg bash $tree/examples/demo.sh >said 2>err && fail "no error: CTAGG"
grep -qx "it is $tree/bin/ctagg" err || fail "CTAGG is not used"
