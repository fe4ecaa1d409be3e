# fish completion for ctagg-view(1).
# SPDX-License-Identifier: GPL-2.0-or-later

# The functions that propose values stand in the completion of ctagg(1), beside this file. Where ctagg
# is not installed, files are proposed.
functions -q __ctagg_selection
or source (status dirname)/ctagg.fish 2>/dev/null
or return

# begin: made from the table of options by `make completions`
complete -c ctagg-view -l follow -r -f -a '(__fish_complete_directories)' -d 'show the files of DIR live, those that are there and each that comes'
complete -c ctagg-view -l report -r -F -d 'write a report of all windows to FILE'
complete -c ctagg-view -l table -d 'print each window as a table, and no live view'
complete -c ctagg-view -l csv -d 'print a line for each flow of each window'
complete -c ctagg-view -l level -r -f -d 'show the windows of this length (default the shortest)'
complete -c ctagg-view -l group -r -f -a 'flow src dst port rule label direction host' -d 'what makes a row (default flow)'
complete -c ctagg-view -l sort -r -f -a 'bytes packets starts ends drops live' -d 'by what rows are sorted (default bytes)'
complete -c ctagg-view -l top -r -f -d 'show K rows, and the others as one (default 20, in a report 25)'
complete -c ctagg-view -l names -d 'show addresses and ports by their names, as the system knows them'
complete -c ctagg-view -l proto -r -f -a '(__ctagg_selection icmp igmp ipip tcp udp dccp ipv6 gre esp ah icmpv6 ospf pim vrrp l2tp sctp udplite)' -d 'show only these protocols'
complete -c ctagg-view -l src -r -f -d 'show only these sources'
complete -c ctagg-view -l dst -r -f -d 'show only these destinations'
complete -c ctagg-view -l sport -r -f -a '(__ctagg_ports)' -d 'show only these source ports'
complete -c ctagg-view -l dport -r -f -a '(__ctagg_ports)' -d 'show only these destination ports'
complete -c ctagg-view -l addr -r -f -d 'show only what has one of these at either end'
complete -c ctagg-view -l port -r -f -a '(__ctagg_ports)' -d 'show only what has one of these ports at either end'
complete -c ctagg-view -l direction -r -f -a '(__ctagg_selection in out forward local)' -d 'show only these directions'
complete -c ctagg-view -l zone -r -f -d 'show only these zones of conntrack'
complete -c ctagg-view -l mark -r -f -d 'show only these marks of conntrack'
complete -c ctagg-view -s q -l quiet -d 'print errors only'
complete -c ctagg-view -s v -l verbose -d 'also say what has been read'
complete -c ctagg-view -s h -l help -d 'print this and exit'
complete -c ctagg-view -s V -l version -d 'print the version, what is built in, and the licence'
# end
