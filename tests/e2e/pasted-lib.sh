# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The examples of the README, of the man pages and of --help, as somebody would paste
# them: one a line, in a file. Sourced after lib.sh.

# Lines that end in a backslash go on in the next one.
join_lines() { sed -e ':again' -e '/\\$/ { N; s/\\\n */ /; b again' -e '}'; }

# The same for lines that end within single quotes.
join_quoted() {
	awk -v quote="'" '
		{ if (text != "") sub(/^ +/, ""); text = text $0 }
		gsub(quote, "&", text) % 2 { text = text " "; next }
		{ print text; text = "" }'
}

# Code blocks of Markdown: indented by four columns, or fenced; a fence that names
# another language than the shell's (```text, ```json) holds no examples.
of_markdown() {	# file
	awk '
		/^ *```/ { fence = !fence; shell = /```(sh|bash|console)? *$/; next }
		fence { if (shell) print; next }
		/^    / { sub(/^    /, ""); print }' "$1" | join_lines
}

# Lines of the displays of a man page, as mandoc shows them. A page of displays alone is
# rendered: around them, what is indented could be a list as well.
displays() {	# file
	{
		printf '.Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh X\n'
		awk '/^\.Bd/ { inside = 1 } /^\.Dl/ || inside { print } /^\.Ed/ { inside = 0 }' "$1"
	} | mandoc -T utf8 -O width=1000 | sed -n 's/^ \{5,\}//p'
}
of_man() { displays "$1" | join_lines | join_quoted; }

# What stands under `Examples:`. Two spaces end a command; an explanation follows, which
# goes on in lines that begin far to the right.
of_help() {
	"$CTAGG" --help | sed -n '/^Examples:/,/^$/ s/^  \([^ ].*\)/\1/p' | sed 's/   *.*$//'
}

# Of these lines (standard input) those that are commands: not records, not messages, no
# rows of a table. Words that this machine does not know are commands all the same when
# they are known to be: what cannot be run here has to be named, see pasted.sh.
commands() {
	local line word
	while IFS= read -r line; do
		[[ $line =~ ^(\{|[a-z]+:\ ) ]] && continue	# a record; a message
		word=${line%%[ ;|]*}
		case $line in
		*"| jq"* | *"| ctagg"* | "ctagg "* | *" ctagg "* | "ctagg-deliver "* | "ctagg-view "*) echo "$line" ;;
		*) is_command "$word" && echo "$line" ;;
		esac
	done
}
is_command() {
	[[ $1 =~ ^[a-z./][a-zA-Z0-9./_-]*$ ]] || return
	case $1 in
	./* | /* | duckdb | clickhouse* | python* | systemctl | journalctl | docker | podman | kubectl | dnf) ;;
	*) [ "$(type -t "$1")" != function ] && command -v "$1" >/dev/null ;;	# functions are the tests' own
	esac
}

# An example without its comment and without extra spaces: what pasted.sh knows it by.
plain() { sed -E 's/ +# .*$//; s/ +/ /g; s/^ | $//g' <<<"$1"; }
