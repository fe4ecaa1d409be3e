# fish completion for ctagg-deliver(1).
# SPDX-License-Identifier: GPL-2.0-or-later

complete -c ctagg-deliver -f
# begin: made from the table of options by `make completions`
complete -c ctagg-deliver -l spool -r -f -a '(__fish_complete_directories)' -d 'deliver the files of DIR, a spool of ctagg --spool'
complete -c ctagg-deliver -l url -r -f -d 'send each file to URL by HTTP or HTTPS'
complete -c ctagg-deliver -l gzip -d 'compress what --url sends'
complete -c ctagg-deliver -l header-file -r -F -d 'send the headers in FILE with each request'
complete -c ctagg-deliver -l cert -r -F -d 'show the server the certificate in FILE'
complete -c ctagg-deliver -l cacert -r -F -d 'believe the authorities in FILE, and no others'
complete -c ctagg-deliver -l timeout -r -f -d 'try later when nothing is sent and nothing answered for so long (default 60s)'
complete -c ctagg-deliver -l udp -r -f -d 'send each record as a datagram of at most 1,400 bytes'
complete -c ctagg-deliver -l syslog -d 'send messages of RFC 5424 by --udp'
complete -c ctagg-deliver -l exec -r -f -a '(__fish_complete_command)' -d 'run CMD for each file'
complete -c ctagg-deliver -l rebind -d 'deliver a spool to another destination than so far'
complete -c ctagg-deliver -l once -d 'deliver what is there, and end'
complete -c ctagg-deliver -l archive -r -f -a '(__fish_complete_directories)' -d 'move to DIR what was delivered, instead of removing it'
complete -c ctagg-deliver -l retry -r -f -d 'how long to wait after a failure (default 1s,5m)'
complete -c ctagg-deliver -l max-attempts -r -f -d 'give a file up after N server errors while others are taken (default never)'
complete -c ctagg-deliver -l metrics -r -F -d 'how delivery goes, for Prometheus'
complete -c ctagg-deliver -l user -r -f -a '(__fish_complete_users)' -d 'become this user before anything is opened'
complete -c ctagg-deliver -l status -f -a 'json' -d 'print how it stands with the spool, and exit'
complete -c ctagg-deliver -l warning -r -f -d 'from when on --status warns (default 10m,1000,1)'
complete -c ctagg-deliver -l critical -r -f -d 'from when on --status is critical (default 1h,10000,100)'
complete -c ctagg-deliver -l list -d 'print the files that wait and the dead letters, and exit'
complete -c ctagg-deliver -l retry-dead -d 'let all dead letters wait again, and exit'
complete -c ctagg-deliver -l keep -r -f -d 'thin the folder of --archive, and exit'
complete -c ctagg-deliver -l dry-run -d 'remove nothing'
complete -c ctagg-deliver -s q -l quiet -d 'print errors only'
complete -c ctagg-deliver -s v -l verbose -d 'also say what became of each file'
complete -c ctagg-deliver -s h -l help -d 'print this and exit'
complete -c ctagg-deliver -s V -l version -d 'print the version, what is built in, and the licence'
# end
