# Which records a recipe adds up.

# The records of one window length of each run (host, namespace, run): with several levels
# each one repeats the others. That is the shortest length of the run; or the length, in
# milliseconds, that --argjson window_ms 60000 names, which every run then has to have.
# Snapshots say what is in the table and repeat each other, too: they are left out
# beside windows, and on their own the last one of each host and namespace is taken.
def chosen:
	($ARGS.named.window_ms | if type == "string" then tonumber else . end) as $named
	| group_by([.host, .netns, .run])
	| map(select(any(.[]; .window_ms))) as $windows
	| if $windows == [] and $named == null then
		group_by([.[0].host, .[0].netns]) | map(max_by(.[-1].window_end))
	else
		$windows | map(
			(map(.window_ms // empty) | unique) as $lengths
			| ($named // $lengths[0]) as $length
			| if $lengths | index($length) then map(select(.window_ms == $length))
			else error("run \(.[0].run) of host \(.[0].host) has no windows of \($length) ms, but of \($lengths | map(tostring) | join(", ")) ms") end)
	end
	| add // [];

# A number in text. jq 1.6 rounds numbers above 2^53 when it reads them, and every jq when
# it adds them up: their last digits are not known.
def digits: if . >= 9007199254740992 then "about \(.)" else tostring end;
