#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion of zsh. Its functions work in the line editor only: a zsh on a
# pseudoterminal gets the line, a tab, and control-x, which writes the line that has come
# of it to a file.
. "$(dirname "$0")/cases.sh"
command -v zsh >/dev/null || { echo "no zsh here"; exit 77; }

mkdir home
cat >home/.zshrc <<Z
PS1= fpath=('$files' \$fpath)
autoload -Uz compinit && compinit -u -D
setopt no_beep no_auto_list no_list_ambiguous
write-line() { print -r -- "\$BUFFER" >line.new && mv line.new line && exit }
zle -N write-line
bindkey '^X' write-line
bindkey '^I' complete-word
zle-line-init() { mv starting ready }
zle -N zle-line-init
Z
cat >terminal.zsh <<'Z'
zmodload zsh/zpty zsh/zselect
await() {	# a file, for 20 s
	for ((i = 0; i < 2000; i++)); do
		[[ -e $1 ]] && return
		zpty -r -t shell said
		zselect -t 1
	done
	print -u2 "no $1 within 20 s"
	exit 1
}
touch starting
export ZDOTDIR=$PWD/home
zpty shell zsh -d -i
await ready
zpty -w -n shell "$1"$'\t'$'\x18'
await line
Z

complete_line() {
	local line
	rm -f line ready
	TERM=dumb zsh -f terminal.zsh "$1" || return
	line=$(<line)
	[ "$line" = "$1" ] && return
	line=${line%% }
	echo "${line##* }"
}

expect_cases
