# Dropped packets by the rule that dropped them: jq -s -r -f drops-by-rule.jq FILE
map(select(.type == "window").rules // [])
| add // []
| group_by([.rule, .drop_prefix])
| map({drops: (map(.drops) | add), prefix: .[0].drop_prefix, rule: .[0].rule})
| map(select(.drops > 0))
| sort_by(-.drops)
| .[]
| "\(.drops)\t\(.prefix)\t\(if .rule then "\(.rule.family) \(.rule.table) \(.rule.chain) handle \(.rule.handle)" else "no single rule" end)"
