# Who moved most, both directions together: jq -s -r -f top-talkers.jq FILE
# Of several window lengths the shortest; another with --argjson window_ms 60000. The bytes
# in records of type `other` have no source and are not in this list.
include "lib/chosen" {search: "./"};

chosen
| map(select(.type == "flow" and .orig_bytes != null))
| group_by(.src_ip)
| map({source: .[0].src_ip, bytes: (map(.orig_bytes + .reply_bytes) | add)})
| sort_by(-.bytes)
| .[:10][]
| "\(.bytes | digits)\t\(.source)"
