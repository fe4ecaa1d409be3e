# Connections that ended without ever seeing a reply, by whom they were meant for:
# jq -s -r -f failed-connections.jq FILE
# Of several levels the shortest has all connections; the others repeat them.
(map(.window_ms // empty) | min) as $shortest
| map(select(.type == "flow" and .unreplied > 0 and .window_ms == $shortest))
| group_by([.dst_ip, .dst_port, .proto])
| map({failed: (map(.unreplied) | add), of: (map(.ends) | add), sources: (map(.src_ip) | unique | length)} + (.[0] | {dst_ip, dst_port, proto}))
| sort_by(-.failed, .dst_ip)
| .[]
| "\(.failed) of \(.of)\t\(.proto) \(.dst_ip)\(if .dst_port then " port \(.dst_port)" else "" end)\tfrom \(.sources) sources"
