-- What hosts say of their own windows: those that are not whole, what was lost, and what was removed from
-- a spool before it could be delivered. A loss that is unknown is counted apart.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	host,
	netns,
	countIf(status = 'partial') AS partial_windows,
	countIf(status = 'nodata') AS nodata_windows,
	sum(lost_events) AS events_lost,
	sum(lost_drops) AS drops_lost,
	countIf(isNull(lost_events) OR isNull(lost_drops)) AS windows_of_unknown_loss,
	sum(dropped_windows) AS windows_removed,
	sum(dropped_records) AS records_removed
FROM windows FINAL
WHERE window_ms = 60000 AND slot >= since AND slot < until
GROUP BY host, netns
HAVING partial_windows > 0 OR nodata_windows > 0 OR events_lost > 0 OR drops_lost > 0
	OR windows_of_unknown_loss > 0 OR windows_removed > 0
ORDER BY host, netns;
