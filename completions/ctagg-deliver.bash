# bash completion for ctagg-deliver(1).                            -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# The functions that propose values stand in the completion of ctagg(1), beside this file.
# shellcheck source=ctagg.bash
declare -F _ctagg_typed >/dev/null || . "${BASH_SOURCE[0]%/*}/ctagg.bash"

_ctagg_deliver()
{
	local value option

	COMPREPLY=()
	_ctagg_typed
	# begin: made from the table of options by `make completions`
	case $option in
	--spool|--spool=) _ctagg_folder "$value" ;;
	--url|--url=) ;;
	--header-file|--header-file=) _ctagg_file "$value" ;;
	--cert|--cert=) _ctagg_file "$value" ;;
	--cacert|--cacert=) _ctagg_file "$value" ;;
	--timeout|--timeout=) ;;
	--udp|--udp=) ;;
	--ipfix|--ipfix=) ;;
	--ipfix-file|--ipfix-file=) _ctagg_file "$value" ;;
	--ipfix-domain|--ipfix-domain=) ;;
	--ipfix-enterprise|--ipfix-enterprise=) ;;
	--exec|--exec=) _ctagg_command "$value" ;;
	--archive|--archive=) _ctagg_folder "$value" ;;
	--retry|--retry=) ;;
	--max-attempts|--max-attempts=) ;;
	--metrics|--metrics=) _ctagg_file "$value" ;;
	--user|--user=) _ctagg_user "$value" ;;
	--status=) _ctagg_word "$value" json ;;
	--warning|--warning=) ;;
	--critical|--critical=) ;;
	--keep|--keep=) ;;
	*=) ;;
	*) _ctagg_word "$value" --spool --url --gzip --header-file --cert --cacert --timeout --udp --syslog --ipfix --ipfix-file --ipfix-domain --ipfix-enterprise --exec --rebind --once --archive --retry --max-attempts --metrics --user --status --status=json --warning --critical --list --retry-dead --keep --dry-run --quiet --verbose --help --version ;;
	esac
	# end
}
complete -F _ctagg_deliver ctagg-deliver
