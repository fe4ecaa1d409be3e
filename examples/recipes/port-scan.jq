# Who was refused by, or not answered by, many ports: jq -s -r -f port-scan.jq FILE
# A line for each source whose TCP connections to 20 ports or more (another number with
# --argjson ports 5) failed: how many ports of how many hosts. A connection that was reset after it
# had carried something (more than one packet came back) has not failed. SYNs that a rule drops
# begin no connection and are not seen here: drops-by-rule.jq has those that rules log. The
# records need src, dst and dport in their key.
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen | map(select(.type == "flow" and (.tcp_unanswered > 0 or .tcp_reset > 0 and .reply_packets <= .ends))) | group_by(.src_ip)[] | [unique_by(.dst_ip, .dst_port), unique_by(.dst_ip) | length] as [$ports, $hosts] | select($ports >= ($ARGS.named.ports // 20 | tonumber)) | "\($ports) ports of \($hosts) hosts\t\(.[0].src_ip)"
