-- Tables over several servers, on each of them, beside the part that it keeps (schema.sql in the database
-- ctagg_local). They have the same names: queries are the same, and lines can be inserted at any server.
--
--     clickhouse-client --query='CREATE DATABASE ctagg_local'
--     clickhouse-client --database=ctagg_local --multiquery <schema.sql
--     clickhouse-client --query='CREATE DATABASE ctagg'
--     clickhouse-client --database=ctagg --multiquery <cluster.sql
--
-- The cluster is named ctagg in the servers' configuration (remote_servers), with internal_replication.
--
-- All lines of a host go to one server, wherever they are inserted: a line that comes twice meets itself there, and
-- FINAL sees both. (When servers are added, hosts move: let the spools run empty before.) An insert has
-- insert_distributed_sync=1 in its URL; without it the answer comes before the line is on its server.
CREATE TABLE IF NOT EXISTS lines AS ctagg_local.lines
	ENGINE = Distributed(ctagg, ctagg_local, lines, cityHash64(ifNull(host, '')));
CREATE TABLE IF NOT EXISTS flows AS ctagg_local.flows ENGINE = Distributed(ctagg, ctagg_local, flows);
CREATE TABLE IF NOT EXISTS rules AS ctagg_local.rules ENGINE = Distributed(ctagg, ctagg_local, rules);
CREATE TABLE IF NOT EXISTS windows AS ctagg_local.windows ENGINE = Distributed(ctagg, ctagg_local, windows);
CREATE TABLE IF NOT EXISTS addresses AS ctagg_local.addresses ENGINE = Distributed(ctagg, ctagg_local, addresses);
CREATE TABLE IF NOT EXISTS destinations AS ctagg_local.destinations ENGINE = Distributed(ctagg, ctagg_local, destinations);
