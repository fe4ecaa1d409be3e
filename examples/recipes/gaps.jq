# When no window was open, so that nothing is known: jq -s -r -f gaps.jq FILE...
# A line for each gap: the host; from when until when; how long; the run whose window is the
# last one before the gap, with what closed that window; and the run that is the first after it.
# A window that another run had open at the time, as while two ctagg run, leaves no gap.
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

# Of a time in text, in microseconds.
def us: (.[:19] + "Z" | fromdate) * 1000000 + (.[20:26] | tonumber);

chosen
| map(select(.type == "window" and .window_ms))
| group_by([.host, .netns])
| .[]
| sort_by(.window_start)
| foreach .[] as $window ({};
	.before = .until
	| .window = $window
	| if .until == null or $window.window_end > .until.window_end then .until = $window else . end)
| select(.before and .window.window_start > .before.window_end)
| [.before.window_end, .window.window_start] as [$from, $to]
| "\(.window.host)\t\($from)\t\($to)\t\((($to | us) - ($from | us)) / 1000 | ceil | digits) ms\t\(.before.run), \(.before.closed_by) -> \(.window.run)"
