# Dropped packets by the rule that dropped them, of the shortest windows where there are
# several levels: jq -s -r -f drops-by-rule.jq FILE
map(select(.type == "rule" and .drops > 0))
| (map(.level) | min) as $shortest
| map(select(.level == $shortest))
| group_by([.rule, .log_prefix])
| map({drops: (map(.drops) | add), prefix: .[0].log_prefix, rule: .[0].rule})
| sort_by(-.drops)
| .[]
| "\(.drops)\t\(.prefix)\t\(.rule // "no single rule")"
