-- Windows that were made and are not here: gaps in the numbers of a run. The last windows of a run that
-- are missing leave no gap in its numbers: missing-hosts.sql shows them.
-- A run that began after `since', by the number and the time of its first window here, has to have its window 1.
SELECT
	host,
	netns,
	run,
	window_ms,
	before + 1 AS first_missing,
	number - 1 AS last_missing,
	number - before - 1 AS missing
FROM
(
	WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
	SELECT
		host,
		netns,
		run,
		window_ms,
		arraySort(groupUniqArray(toInt64(seq))) AS numbers,
		toUInt32(min(slot)) - (numbers[1] - 1) * intDiv(window_ms, 1000) AS began,
		arrayConcat([if(began >= toUInt32(since), 0, numbers[1] - 1)], arrayPopBack(numbers)) AS numbers_before
	FROM windows
	WHERE slot >= since AND slot < until AND window_ms > 0
	GROUP BY host, netns, run, window_ms
)
ARRAY JOIN numbers AS number, numbers_before AS before
WHERE number > before + 1
ORDER BY host, netns, run, window_ms, first_missing;
