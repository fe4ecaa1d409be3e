# Who was refused by, or not answered by, many ports: jq -s -r -f port-scan.jq FILE
# A line for each source whose TCP connections to 20 ports or more (another number with
# --argjson ports 5) failed: how many ports of how many hosts. The records need src and dport
# in their key. Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen | map(select(.type == "flow" and .tcp_unanswered + .tcp_reset > 0)) | group_by(.src_ip)[] | [unique_by(.dst_ip, .dst_port), unique_by(.dst_ip) | length] as [$ports, $hosts] | select($ports >= ($ARGS.named.ports // 20 | tonumber)) | "\($ports) ports of \($hosts) hosts\t\(.[0].src_ip)"
