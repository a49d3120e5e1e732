# submit, accept, contact, complete, close by 8 clients, each verb a transaction,
# against pgbench's TPC-B-like transaction on the same server with as many: each
# verb at least half its transactions a second. Matters are the demo's day: texts,
# places and categories as drawn there. And a matter from submit to close beside a
# history that grows.
set -euo pipefail
if [ "$SCALE" = full ]; then
	seconds=30 rounds=5 branches=50 histories=(100000 1000000 10000000)
else
	seconds=8 rounds=3 branches=10 histories=(10000 100000 1000000)
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

in_psql()
{
	"$pg_bin/psql" -X -q -At -v ON_ERROR_STOP=1 "$@"
}

in_pgbench()
{
	"$pg_bin/pgbench" --no-vacuum --client=8 --jobs=2 --time="$seconds" --report-per-command "$@" 2>"$folder/errors" ||
		{ cat "$folder/errors" >&2; exit 1; }
}

# Each statement's mean time in milliseconds stands before it.
verbs_of()
{
	sed -nE 's/^ +([0-9.]+) +[0-9]* *SELECT .*peoplecall\.([a-z_]+).*/\2 \1/p'
}

in_psql -c 'SET client_min_messages = error; SELECT FROM peoplecall.install_defaults()' -f demo/city.sql >/dev/null
in_psql >/dev/null <<'SQL'
\ir demo/matters.sql
CREATE TABLE bench.matter AS
SELECT row_number() OVER () AS place, m.*
  FROM pg_temp.draw_matters(40000, '2026-11-25') AS m
 WHERE peoplecall.responsible_org(m.category, m.area, 'B') IS NOT NULL;
ALTER TABLE bench.matter ADD PRIMARY KEY (place);
VACUUM ANALYZE;
SQL
matters=$(in_psql -c 'SELECT count(*) FROM bench.matter')
cat >"$folder/verbs.sql" <<SQL
\\set n random(1, $matters)
SELECT s.complaint_id AS c, (s.state = 'dispatched')::int AS handed FROM bench.matter AS m CROSS JOIN LATERAL peoplecall.submit('hotline', m.title, '', m.area, m.category, m.nature) AS s WHERE m.place = :n \\gset
\\if :handed
SELECT FROM peoplecall.accept(:c);
SELECT FROM peoplecall.contact(:c);
SELECT (s.state = 'completed')::int AS done FROM peoplecall.complete(:c, 'done') AS s \\gset
\\if :done
SELECT FROM peoplecall.close(:c);
\\endif
\\endif
SQL
# what the ledger's tables and indexes take
size()
{
	in_psql -c "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'r'"
}

"$pg_bin/pgbench" --initialize --quiet --scale="$branches" 2>/dev/null
before=$(size)
for ((round = 0; round <= rounds; round++)); do
	tpcb=$(in_pgbench --builtin=tpcb-like | sed -nE 's/^latency average = ([0-9.]+) ms/\1/p')
	in_pgbench --file="$folder/verbs.sql" | verbs_of | sed "s/\$/ $tpcb/"
done | tail -n +6 >"$folder/times"
in_psql -c 'CREATE TABLE bench.verb_times (verb text, ours float8, theirs float8)' -c "\\copy bench.verb_times FROM '$folder/times' (DELIMITER ' ')" -f - <<'SQL'
INSERT INTO bench.result (what, against, ours, theirs, ratio, least, most, target, reached)
SELECT x.verb || ', 8 clients', 'a TPC-B transaction', bench.duration(x.a), bench.duration(x.b), x.b / x.a, x.least, x.most,
       '≥ 0.5 × its rate', x.b / x.a >= 0.5
  FROM (SELECT t.verb, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ours) / 1000 AS a, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.theirs) / 1000 AS b,
               min(t.theirs / t.ours) AS least, max(t.theirs / t.ours) AS most FROM bench.verb_times AS t GROUP BY t.verb) AS x
 ORDER BY array_position('{submit,accept,contact,complete,close}', x.verb);
SQL
matters_done=$(in_psql -c 'SELECT count(*) FROM peoplecall.complaint')
in_psql -v bytes="$((($(size) - before) / matters_done))" <<'SQL'
CALL bench.fact('the ledger, a matter from submit to close', pg_size_pretty(:bytes::bigint), '–', NULL);
SELECT format('CALL bench.fact(%L, %L, ''–'', NULL)', 'such matters, 8 clients', round(8000 / sum(x.ms)) || ' a second')
  FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ours) AS ms FROM bench.verb_times AS t GROUP BY t.verb) AS x
\gexec
SQL

sizes=() costs=() before=0
for history in "${histories[@]}"; do
	first=$(in_psql -c 'SELECT last_value FROM peoplecall.complaint_serial')
	in_psql -v open=0 -v history=$((history - before)) -v first="$first" -f bench/fixture/large_city.sql -c 'VACUUM ANALYZE' >/dev/null
	before=$history
	in_pgbench --file="$folder/verbs.sql" >/dev/null
	sizes+=("$history")
	costs+=("$(in_pgbench --file="$folder/verbs.sql" | verbs_of | awk '{ sum += $2 } END { print sum / 1000 }')")
done
in_psql -c "CALL bench.grown('submit to close, 8 clients', 'matters in history', '{$(IFS=,; echo "${sizes[*]}")}', '{$(IFS=,; echo "${costs[*]}")}')"
