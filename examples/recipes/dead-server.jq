# Servers that completed no TCP connection: jq -s -r -f dead-server.jq FILE
# A line for each destination whose connections all ended refused, reset or without an answer:
# how many, and how many sources have tried. A server whose clients end every connection by RST
# looks the same. The records need src, dst and dport in their key.
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen | map(select(.type == "flow" and .tcp_closed != null)) | group_by([.dst_ip, .dst_port])[] | select(all(.tcp_closed + .tcp_expired == 0)) | "\(map(.tcp_unanswered + .tcp_reset) | add | digits) failed\t\(.[0].dst_ip) port \(.[0].dst_port)\tfrom \(unique_by(.src_ip) | length) sources"
