# Who moved most, both directions together: jq -s -r -f top-talkers.jq FILE
map(select(.type == "flow" and .orig_bytes != null))
| group_by(.src_ip)
| map({source: .[0].src_ip, bytes: (map(.orig_bytes + .reply_bytes) | add)})
| sort_by(-.bytes)
| .[:10][]
| "\(.bytes)\t\(.source)"
