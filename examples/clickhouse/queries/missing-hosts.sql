-- Hosts of which windows are missing in a day: how many of its minutes they have, and the last one. The hosts
-- are those of which anything has come in the week before: a host that has never been heard of is in no
-- table of this database.
WITH
	toDateTime('2026-11-21 00:00:00', 'UTC') AS since,
	toDateTime('2026-11-22 00:00:00', 'UTC') AS until,
	intDiv(toUInt32(until) - toUInt32(since), 60) AS expected
SELECT
	host,
	netns,
	uniqExactIf(slot, slot >= since) AS have,
	expected - have AS missing,
	max(slot) AS last
FROM windows
WHERE window_ms = 60000 AND slot >= since - 7 * 86400 AND slot < until
GROUP BY host, netns
HAVING have < expected
ORDER BY missing DESC, host, netns;
