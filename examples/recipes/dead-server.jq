# Servers that completed no TCP connection: jq -s -r -f dead-server.jq FILE
# A line for each destination that 5 connections or more (another number with --argjson failed 20)
# were meant for, and whose connections all ended refused, reset or without an answer: how many,
# and how many sources have tried. Fewer prove nothing: a port scan tries each port of a live host
# once or twice. A server whose clients end every connection by RST looks the same as a dead one.
# The records need src, dst and dport in their key.
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen | map(select(.type == "flow" and .tcp_closed != null)) | group_by([.dst_ip, .dst_port])[] | select(all(.tcp_closed + .tcp_expired == 0)) | (map(.tcp_unanswered + .tcp_reset) | add) as $failed | select($failed >= ($ARGS.named.failed // 5 | tonumber)) | "\($failed | digits) failed\t\(.[0].dst_ip) port \(.[0].dst_port)\tfrom \(unique_by(.src_ip) | length) sources"
