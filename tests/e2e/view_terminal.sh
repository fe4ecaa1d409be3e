#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-view and its terminal: given back however the program ends; colours; hostile text; and a
# terminal that takes nothing, which holds up nobody.
. "$(dirname "$0")/lib.sh"
# shellcheck source=view-lib.sh
. "$E2E/view-lib.sh"
# shellcheck source=tmux-lib.sh
. "$E2E/tmux-lib.sh"

"$TOOLS/fleet" 1 1 100 >events || fail "fleet"
"$CTAGG" --read=events -w 60 --host=gw1 >lines 2>err || fail "ctagg --read"
mkfifo pipe

# --- ways of ending ------------------------------------------------------------------------------
# Begin in a terminal, with the terminal's modes of before in the file `modes'; the process is PID.
begin() {
	rm -f pid
	terminal 100 30 "stty -g >modes; bash -c \"echo \\\$\\\$ >pid; exec $VIEW <pipe\""
	exec 3>pipe
	cat lines >&3
	wait_for shows "flows: 100"
	PID=$(cat pid)
	wait_for eval '[ "$(tm display -p "#{alternate_on} #{cursor_flag}")" = "1 0" ]'
	is_given_back && fail "the test sees no difference"
}
ended() {	# status
	wait_for shows "ended $1"
	wait_for is_given_back
	exec 3>&-
}
begin
press q
ended 0
begin
exec 3>&-
ended 0
for signal in INT TERM HUP; do
	begin
	kill -$signal "$PID"
	ended 0
done
begin
press C-c
ended 0
# A crash, of the main thread or of the one that reads: put back, and the crash is seen, unless
# a sanitizer looks at it.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0:handle_abort=0"
begin
kill -SEGV "$PID"
ended 139
begin
kill -ABRT "$PID"
ended 134
begin
[ "$(ls /proc/$PID/task | wc -l)" = 2 ] || fail "$(ls /proc/$PID/task | wc -l) threads"
python3 -c "import ctypes; ctypes.CDLL(None).tgkill($PID, $(ls /proc/$PID/task | tail -n 1), 11)"
ended 139

# --- stopped, and continued -----------------------------------------------------------------------
new_terminal 100 30 "bash --norc --noprofile -i"
press "PS1=; stty -g >modes; echo ready" Enter
wait_for eval "shown | grep -qx ready"
press "$VIEW lines" Enter
wait_for shows "flows: 100"
press C-z
wait_for shows "Stopped"
press "stty -g >after; echo compared" Enter
wait_for eval "shown | grep -qx compared"
cmp modes after || fail "the modes of a program that was stopped stay"
[ "$(tm display -p '#{alternate_on} #{cursor_flag}')" = "0 1" ] || fail "its screen stays"
tm resize-window -x 90 -y 25
press "fg" Enter
wait_for shows "flows: 100"
wait_for eval '[ "$(shown | wc -l)" = 25 ] && shows "q quit"'
press q
wait_for eval '! shows "flows: 100"'
press "echo status \$?" Enter
wait_for shows "status 0"

# --- q ends the writer, too -------------------------------------------------------------------------
track
terminal 100 30 "$CTAGG -q -w 1h --interim | $VIEW"
wait_for shows "waiting for the first window"
press q
wait_for shows "ended 0 0"

# What the writer says before it fails stays to be read.
terminal 100 30 "$CTAGG -w nonsense | $VIEW"
wait_for shows "ended 2 1"
shows "ctagg: -w nonsense:" || fail "the message is gone: $(shown)"

# --- no terminal --------------------------------------------------------------------------------------
refused() {	# text
	grep -qF "$1" err && [ "$(wc -l <err)" = 1 ] || fail "said: $(cat err)"
}
"$VIEW" lines >nothing 2>err && fail "a file is no terminal"
refused "add --table or --csv"
terminal 100 30 "TERM=dumb $VIEW lines 2>err"
wait_for shows "ended 1"
refused "TERM"
# ncurses 6.4 forgets some memory then
terminal 100 30 "TERM=nonsense ASAN_OPTIONS=detect_leaks=0 $VIEW lines 2>err"
wait_for shows "ended 1"
refused "TERM"

# --- colours ---------------------------------------------------------------------------------------------
# The header of a partial window is white on red, without colours reversed.
sed 's/"status":"ok"/"status":"partial"/' lines >partial
first_line() { tm capture-pane -e -p | head -n 1; }
coloured=$'\e\\[[0-9;]*[34][0-7]'
terminal 100 30 "$VIEW partial"
wait_for shows "partial"
wait_for eval "first_line | grep -q $'\e\\\\[[0-9;]*41'"
press q
terminal 100 30 "NO_COLOR=1 $VIEW partial"
wait_for shows "q quit"
tm capture-pane -e -p | grep -q "$coloured" && fail "colours: $(tm capture-pane -e -p | cat -v)"
wait_for eval "first_line | grep -q $'\e\\\\[[0-9;]*7m'"
press q
terminal 100 30 "TERM=vt220 $VIEW partial"
wait_for shows "q quit"
tm capture-pane -e -p | grep -q "$coloured" && fail "colours on a vt220"
press q
wait_for shows "ended 0"
# ASCII where the locale has nothing else.
terminal 100 30 "LC_ALL=C $VIEW lines"
wait_for shows "bytes/sv"
wait_for shows "q quit"
shown | LC_ALL=C grep -q '[^ -~]' && fail "not ASCII: $(shown | cat -v)"
press q
wait_for shows "ended 0"
tm kill-server

# --- hostile text -------------------------------------------------------------------------------------------
mkdir /run/hostile
cat >/run/hostile/events <<-'J'
	{"type":"event","schema":1,"kind":"drop","time":"2026-11-21T01:00:03.120001Z","proto":"tcp","src_ip":"10.0.0.1","src_port":40000,"dst_ip":"192.0.2.10","dst_port":443,"log_prefix":"\u001b]0;boom\u0007\u001b[6n\u009b31m\u202eboom\u2028\r\n\t\u007f\u0080","bytes":60}
	{"type":"event","schema":1,"kind":"drop","time":"2026-11-21T01:00:04.120001Z","proto":"udp","src_ip":"10.0.0.2","src_port":40000,"dst_ip":"192.0.2.10","dst_port":53,"log_prefix":"\u001bPq\u001b\\\u001b[66;66Hboom\u2066\u200f\u0e33\u65e5","rule":"inet/\u001b[2J/b/1","bytes":60}
J
"$CTAGG" --read=/run/hostile/events --host=$'\e]0;boom\a' >hostile.lines 2>err || fail "ctagg --read"
# and lines that are none
printf '\033]0;boom\007\n{"type":"flow","host":"\033[2J\302\2331m"}\n\377\376\n' >/run/hostile/lines
cat hostile.lines >>/run/hostile/lines
"$E2E/view_terminal.py" hostile "$VIEW" /run/hostile/lines >verdict 2>&1 || fail "hostile text: $(cat verdict)"

# --- a terminal that takes nothing -----------------------------------------------------------------------------
"$E2E/view_terminal.py" slow "$VIEW" >verdict 2>&1 || fail "slow: $(cat verdict)"
"$E2E/view_terminal.py" stuck "$VIEW" >verdict 2>&1 || fail "stuck: $(cat verdict)"
