# Dropped packets by the rule that dropped them: jq -s -r -f drops-by-rule.jq FILE
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen
| map(select(.type == "rule" and .drops > 0))
| group_by([.rule, .log_prefix])
| map({drops: (map(.drops) | add), prefix: .[0].log_prefix, rule: .[0].rule})
| sort_by(-.drops)
| .[]
| "\(.drops | digits)\t\(.prefix)\t\(.rule // "no single rule")"
