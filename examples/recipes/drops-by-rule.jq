# Dropped packets by the rule that dropped them: jq -s -r -f drops-by-rule.jq FILE
# Of several levels the shortest has all packets; the others repeat them.
(map(.window_ms // empty) | min) as $shortest
| map(select(.type == "rule" and .drops > 0 and .window_ms == $shortest))
| group_by([.rule, .log_prefix])
| map({drops: (map(.drops) | add), prefix: .[0].log_prefix, rule: .[0].rule})
| sort_by(-.drops)
| .[]
| "\(.drops)\t\(.prefix)\t\(.rule // "no single rule")"
