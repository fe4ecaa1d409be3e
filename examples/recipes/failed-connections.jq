# Connections that ended without ever seeing a reply, by whom they were meant for:
# jq -s -r -f failed-connections.jq FILE
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen
| map(select(.type == "flow" and .ends > 0))
| group_by([.dst_ip, .dst_port, .proto])
| map({failed: (map(.unreplied) | add), of: (map(.ends) | add),
	sources: (map(select(.unreplied > 0).src_ip) | unique | length)} + (.[0] | {dst_ip, dst_port, proto}))
| map(select(.failed > 0))
| sort_by(-.failed, .dst_ip)
| .[]
| "\(.failed | digits) of \(.of | digits)\t\(.proto) \(.dst_ip)\(if .dst_port then " port \(.dst_port)" else "" end)\tfrom \(.sources) sources"
