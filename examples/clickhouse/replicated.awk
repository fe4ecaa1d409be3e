# schema.sql with tables that are kept on two or more servers (ReplicatedMergeTree, with ZooKeeper or Keeper):
#     awk -f replicated.awk schema.sql | clickhouse-client --database=ctagg_local --multiquery
# The macros {shard} and {replica} are of each server's configuration.
/^CREATE TABLE/ { table = $NF }
{
	if (match($0, /ReplacingMergeTree(\([a-z]*\))?$/)) {
		version = substr($0, RSTART + 18)
		gsub(/[()]/, "", version)
		sub(/ReplacingMergeTree.*/, "ReplicatedReplacingMergeTree('/ctagg/{shard}/" table "', '{replica}'" (version == "" ? "" : ", " version) ")")
	}
	print
}
