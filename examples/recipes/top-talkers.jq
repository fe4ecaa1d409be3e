# Who moved most, both directions together: jq -s -r -f top-talkers.jq FILE
# Of several levels the shortest has all bytes; the others repeat them. The bytes in
# records of type `other` have no source and are not in this list.
(map(.window_ms // empty) | min) as $shortest
| map(select(.type == "flow" and .orig_bytes != null and .window_ms == $shortest))
| group_by(.src_ip)
| map({source: .[0].src_ip, bytes: (map(.orig_bytes + .reply_bytes) | add)})
| sort_by(-.bytes)
| .[:10][]
| "\(.bytes)\t\(.source)"
