-- sla_state() over the columns of clocks, against the CASE that one would write
-- on the same columns: at most 1.2 times the time of the query. Full: 10
-- million rows.
SELECT FROM setseed(0.1) \g /dev/null
SELECT CASE WHEN :full = 1 THEN 10000000 ELSE 1000000 END AS rows \gset
-- as in a year's table: one in fifty is open, of those one in ten is paused
CREATE UNLOGGED TABLE bench.clock AS
SELECT warn_at, due_at, CASE WHEN open AND r < 0.1 THEN due_at - interval '1 hour' END AS paused_at,
       CASE WHEN NOT open THEN warn_at + r * (due_at - warn_at) * 1.9 END AS stopped_at
  FROM (SELECT s + interval '12 hours' AS warn_at, s + interval '24 hours' AS due_at, random() < 0.02 AS open, random() AS r
          FROM (SELECT timestamptz '2026-11-24 08:00+08' - random() * interval '2 days' AS s FROM generate_series(1, :rows)) AS g) AS c;
VACUUM (ANALYZE, FREEZE) bench.clock;
CREATE VIEW bench.light AS
SELECT peoplecall.sla_state(timestamptz '2026-11-24 08:00+08', warn_at, due_at, paused_at, stopped_at) AS ours,
       CASE WHEN stopped_at IS NOT NULL AND (due_at IS NULL OR stopped_at <= due_at) THEN 'met'::peoplecall.sla_state
            WHEN stopped_at IS NOT NULL THEN 'missed'
            WHEN paused_at IS NOT NULL AND (due_at IS NULL OR paused_at < due_at) THEN 'paused'
            WHEN timestamptz '2026-11-24 08:00+08' >= due_at THEN 'red'
            WHEN timestamptz '2026-11-24 08:00+08' >= warn_at THEN 'yellow'
            ELSE 'green' END AS theirs
  FROM bench.clock;
SELECT count(*) = 0 AS same_answers FROM bench.light WHERE ours IS DISTINCT FROM theirs \gset
CALL bench.fact('sla_state and the CASE', CASE WHEN :'same_answers' THEN 'agree' ELSE 'differ' END, 'the same answers', :'same_answers');
SELECT to_char(:rows, 'FM99,999,999') AS rows_text \gset
CALL bench.compare(what => 'lights counted by sla_state, ' || :'rows_text' || ' clocks', ours => ARRAY['SELECT ours, count(*) FROM bench.light GROUP BY 1'],
	against => 'a CASE', theirs => ARRAY['SELECT theirs, count(*) FROM bench.light GROUP BY 1'], at_most => 1.2, rounds => 7);
CALL bench.compare(what => 'red ones found by sla_state, ' || :'rows_text' || ' clocks', ours => ARRAY['SELECT count(*) FROM bench.light WHERE ours = ''red'''],
	against => 'a CASE', theirs => ARRAY['SELECT count(*) FROM bench.light WHERE theirs = ''red'''], at_most => 1.2, rounds => 7);
CALL bench.compare(what => 'sla_state alone, a row', ours => ARRAY['SELECT count(ours) FROM bench.light'],
	against => 'the CASE alone', theirs => ARRAY['SELECT count(theirs) FROM bench.light'], at_most => 1.2, per => :rows, bare => 'SELECT count(due_at) FROM bench.clock', rounds => 7);
SELECT array_agg(n) AS sizes, array_agg(format('SELECT count(peoplecall.sla_state(''2026-11-24 08:00+08'', warn_at, due_at, paused_at, stopped_at)) FROM (SELECT * FROM bench.clock LIMIT %s) AS c', n)) AS queries
  FROM unnest(ARRAY[:rows / 100, :rows / 10, :rows]) AS n \gset
CALL bench.growth('sla_state', 'clocks', :'sizes', :'queries');
