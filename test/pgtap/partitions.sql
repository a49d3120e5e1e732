-- The history by months: nothing of it, nor of what hangs on its table, is lost
-- on the way; verbs, the sweep and the checks go on over many months; old ones
-- are detached whole, and a simulated or late month loses no event.
\set QUIET on
\pset fieldsep '\n'
\set one_table on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'America/New_York';
\ir ../fixture/acting.sql
CREATE FUNCTION pg_temp.whole(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN NEXT is_empty('SELECT * FROM peoplecall.check_ledger()', what || ': the ledger is whole');
	RETURN NEXT is_empty('SELECT * FROM peoplecall.verify_history()', what || ': the history is whole');
END
$$;
CREATE FUNCTION pg_temp.lines() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(e::text, E'\n' ORDER BY e.district_id, e.complaint_id, e.seq)) FROM peoplecall.event AS e
$$;
CREATE FUNCTION pg_temp.filed(moment text, title text, area text DEFAULT '420106012001') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	made bigint;
BEGIN
	PERFORM pg_temp.at(moment);
	SELECT complaint_id INTO made
	  FROM peoplecall.submit('hotline', title, '', area::peoplecall.areacode, 'police.noise');
	RETURN made;
END
$$;
CREATE FUNCTION pg_temp.closed(c bigint, moment text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	share int;
BEGIN
	PERFORM pg_temp.at(moment);
	FOR share IN SELECT t.seq FROM peoplecall.task AS t WHERE t.complaint_id = c AND t.state = 'sent' ORDER BY t.seq LOOP
		PERFORM peoplecall.accept(c, share);
		PERFORM peoplecall.contact(c, NULL, share);
		PERFORM peoplecall.complete(c, '已办结', share);
	END LOOP;
	PERFORM peoplecall.close(c);
END
$$;

-- What there is: two matters of four months, one of them open, and what the
-- city has hung on the table.
SELECT pg_temp.filed('2019-09-10 09:00', '一') AS a \gset
SELECT pg_temp.filed('2019-09-12 09:00', '二', '420102017020') AS b \gset
SELECT FROM pg_temp.closed(:a, '2019-10-08 10:00');
SELECT FROM pg_temp.at('2019-11-04 09:00');
SELECT cmp_ok(pg_temp.sweep(), '>', 3, 'the other is late');
SELECT FROM peoplecall.reopen(:a, '复发') \g /dev/null
SELECT FROM pg_temp.closed(:a, '2019-12-02 09:00');
ALTER TABLE peoplecall.event ADD COLUMN city_note text DEFAULT 'n';
CREATE INDEX city_verb ON peoplecall.event (verb, at) WHERE verb <> 'alarm';
CREATE ROLE part_reader;
CREATE ROLE part_auditor;
GRANT SELECT (verb, at) ON peoplecall.event TO part_auditor WITH GRANT OPTION;
GRANT SELECT ON peoplecall.event TO part_auditor;
CREATE POLICY city_audit ON peoplecall.event AS PERMISSIVE FOR SELECT TO part_auditor USING (verb = 'close');
CREATE STATISTICS city_statistics (dependencies) ON verb, org FROM peoplecall.event;
CREATE TABLE public.city_log (verb text);
CREATE FUNCTION public.city_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.city_log VALUES (NEW.verb);
	RETURN NULL;
END
$$;
GRANT INSERT ON public.city_log TO PUBLIC;
CREATE TRIGGER city_trigger AFTER INSERT ON peoplecall.event FOR EACH ROW WHEN (NEW.verb = 'close') EXECUTE FUNCTION public.city_trigger();
ALTER TABLE peoplecall.event ENABLE ALWAYS TRIGGER city_trigger;
SELECT peoplecall.appoint('part_reader', 'read', 31) \g /dev/null
SELECT pg_temp.lines() AS lines, (SELECT jsonb_agg(anchor) FROM peoplecall.history_anchor()) AS anchor \gset
SELECT pg_temp.whole('before');

-- Refused.
SELECT is(pg_temp.refusal('SELECT peoplecall.partition_ledger(''year'')'), '22023', 'by years'),
       is(pg_temp.refusal('SELECT peoplecall.partition_ledger(NULL)'), '22023', 'by nothing'),
       is(pg_temp.refusal('SELECT peoplecall.partition_ledger(since => ''-infinity'')'), '22023', 'since ever'),
       is(pg_temp.refusal('SELECT peoplecall.create_ledger(''city_owner'', ''week'')'), '22023', 'by weeks'),
       is(pg_temp.refusal('SELECT peoplecall.keep_partitions(-1)'), '22023', 'before this month'),
       is(pg_temp.refusal('SELECT peoplecall.keep_partitions(NULL)'), '22023', 'up to nothing'),
       is(pg_temp.refusal('SELECT peoplecall.detach_history(NULL)'), '22004', 'before when');
CREATE VIEW public.city_view AS SELECT count(*) FROM peoplecall.event;
SELECT throws_ok('SELECT peoplecall.partition_ledger()', '2BP01', 'other objects would go on with the old table of the history', 'a view of the city''s would lose the history');
DROP VIEW public.city_view;
CREATE FUNCTION public.city_function(e peoplecall.event) RETURNS text LANGUAGE sql AS 'SELECT e.verb';
SELECT throws_ok('SELECT peoplecall.partition_ledger()', '2BP01', NULL, 'so would a function that takes its rows');
DROP FUNCTION public.city_function;
SELECT is_empty('SELECT * FROM peoplecall.history_partitions()', 'it is one table');
SELECT is(peoplecall.keep_partitions(), 0, 'which has no months');
SELECT is_empty('SELECT * FROM peoplecall.detach_history(''2030-01-01'')', 'and nothing to detach');

-- Without moving a row.
SAVEPOINT as_it_is;
SELECT relfilenode AS file FROM pg_class WHERE oid = 'peoplecall.event'::regclass \gset
SELECT is(peoplecall.partition_ledger(), 4, 'this month and three more');
SELECT is((SELECT relfilenode::int FROM pg_class WHERE oid = 'peoplecall.event_before'::regclass), :file, 'what there was is where it was');
SELECT is(pg_temp.lines(), :'lines', 'every line is there');
SELECT is(peoplecall.partition_ledger(), 0, 'again changes nothing');
SELECT is((SELECT count(*) FROM peoplecall.history), (SELECT count(*) FROM peoplecall.event), 'the view sees all of it');
SELECT pg_temp.whole('in its own table');
ROLLBACK TO as_it_is;

-- By the months that there were.
SELECT cmp_ok(peoplecall.partition_ledger(since => '2019-10-20 09:00+08'), '>', 80, 'since a month of the past');
SELECT is(pg_temp.lines(), :'lines', 'every line is there');
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'anchor'), 'as it was anchored');
SELECT results_eq('SELECT part, from_at, to_at FROM peoplecall.history_partitions() LIMIT 4',
	$$VALUES ('event_before'::name, '-infinity'::timestamptz, '2019-10-01 00:00+08'::timestamptz), ('event_2019_10', '2019-10-01 00:00+08', '2019-11-01 00:00+08'),
	         ('event_2019_11', '2019-11-01 00:00+08', '2019-12-01 00:00+08'), ('event_2019_12', '2019-12-01 00:00+08', '2020-01-01 00:00+08')$$, 'months of the city, whatever the session''s zone');
SELECT is((SELECT array_agg(DISTINCT e.tableoid::regclass::text ORDER BY e.tableoid::regclass::text) FROM peoplecall.event AS e),
	'{peoplecall.event_2019_10,peoplecall.event_2019_11,peoplecall.event_2019_12,peoplecall.event_before}', 'each event is in its month');
SELECT is((SELECT max(p.to_at) FROM peoplecall.history_partitions() AS p) > now() + interval '80 days', true, 'months ahead'),
       is((SELECT count(*) FROM peoplecall.history_partitions() AS p JOIN peoplecall.history_partitions() AS n ON n.from_at = p.to_at), (SELECT count(*) - 2 FROM peoplecall.history_partitions()), 'without a hole');
SELECT pg_temp.whole('by months');

-- What hung on it hangs on it.
SELECT is((SELECT count(*) FROM peoplecall.event WHERE city_note = 'n'), (SELECT count(*) FROM peoplecall.event), 'the city''s column');
SELECT is((SELECT count(*) FROM pg_inherits AS i JOIN pg_index AS x ON x.indrelid = i.inhrelid
            JOIN pg_inherits AS p ON p.inhrelid = x.indexrelid AND p.inhparent = 'peoplecall.city_verb'::regclass
           WHERE i.inhparent = 'peoplecall.event'::regclass), (SELECT count(*) FROM peoplecall.history_partitions()), 'the city''s index on each');
SELECT is((SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'peoplecall.event'::regclass AND tgname = 'city_trigger'), 'A'::"char", 'the city''s trigger'),
       is((SELECT count(*) FROM public.city_log), 0::bigint, 'which took no line for a new one');
SELECT is(has_table_privilege('part_auditor', 'peoplecall.event', 'SELECT'), true, 'the city''s grant'),
       is(has_column_privilege('part_auditor', 'peoplecall.event', 'verb', 'SELECT WITH GRANT OPTION'), true, 'on a column too'),
       is(has_column_privilege('part_auditor', 'peoplecall.event', 'org', 'SELECT WITH GRANT OPTION'), false, 'and no more'),
       is(obj_description('peoplecall.event'::regclass), obj_description('peoplecall.event'::regclass), 'the comment'),
       is((SELECT stxkind FROM pg_statistic_ext WHERE stxrelid = 'peoplecall.event'::regclass), '{f}'::"char"[], 'the city''s statistics');
GRANT USAGE ON SCHEMA peoplecall TO part_auditor;
SET LOCAL ROLE part_auditor;
SELECT results_eq('SELECT DISTINCT verb FROM peoplecall.event', 'VALUES (''close'')', 'the city''s policy');
SELECT throws_ok('SELECT * FROM peoplecall.event_2019_10', '42501', NULL, 'a month by itself is read by nobody');
RESET ROLE;
SET LOCAL ROLE part_reader;
SELECT is((SELECT count(*) > 0 FROM peoplecall.history WHERE complaint_id = :a), true, 'a post reads the history where it reaches'),
       is((SELECT count(*) FROM peoplecall.history WHERE complaint_id = :b), 0::bigint, 'and nowhere else');
RESET ROLE;
SELECT throws_ok('UPDATE peoplecall.event SET verb = ''x''', '42501', 'update of the history is refused', 'nothing is changed in passing'),
       throws_ok('DELETE FROM peoplecall.event_2019_10', '42501', 'delete of the history is refused', 'in one month neither'),
       throws_ok('TRUNCATE peoplecall.event_before', '42501', 'truncate of the history is refused', 'nor in the first');
SELECT throws_ok(format('INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor) VALUES (420106, 420106000000999999, ''420106'', 1, now(), ''x'', ''x'')'), '23503', NULL, 'an event without a complaint');
SELECT is(peoplecall.create_ledger('city_owner', 'month'), 1, 'create_ledger() finds it as it is'),
       is((SELECT count(*) FROM pg_index WHERE indrelid = 'peoplecall.event'::regclass), 3::bigint, 'and adds no index');

-- Verbs go on; a verb looks at the months of its own matter's last act alone.
SELECT FROM pg_temp.at('2020-02-03 09:00');
SELECT FROM peoplecall.reopen(:a, '又复发') \g /dev/null
SELECT pg_temp.filed('2020-02-04 09:00', '三') AS c \gset
SELECT FROM pg_temp.closed(:c, '2020-03-02 10:00');
SELECT cmp_ok(pg_temp.sweep_at('2020-03-03 09:00'), '>', 1, 'the sweep goes on');
SELECT FROM pg_temp.closed(:a, '2020-03-04 10:00');
SELECT is((SELECT count(*) FROM public.city_log), 2::bigint, 'the city''s trigger sees new lines');
SELECT pg_temp.whole('verbs and sweeps later');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.at >= '2020-02-01 00:00+08' AND e.tableoid::regclass::text !~ 'event_2020_0[23]$'), 0::bigint, 'new events go to their months');
SELECT is((SELECT count(*) FROM peoplecall.changes(NULL, 1000) WHERE complaint_id = :a), (SELECT count(*) FROM peoplecall.event WHERE complaint_id = :a AND verb <> 'alarm'), 'the feed finds the events of all months');

-- A time that no month has been made for.
SELECT pg_temp.filed('2099-01-05 09:00', '远') AS far \gset
SELECT is((SELECT DISTINCT e.tableoid::regclass::text FROM peoplecall.event AS e WHERE complaint_id = :far), 'peoplecall.event_other', 'what fits nowhere is kept');
SELECT format('%s', to_char(now() AT TIME ZONE 'Asia/Shanghai' + interval '5 months', 'YYYY-MM-05 09:00')) AS next \gset
SELECT pg_temp.filed(:'next', '下') AS soon \gset
SELECT is((SELECT DISTINCT e.tableoid::regclass::text FROM peoplecall.event AS e WHERE complaint_id = :soon), 'peoplecall.event_other', 'likewise');
SELECT pg_temp.whole('with some that fit nowhere');
SELECT is(peoplecall.keep_partitions(6), 3, 'later months');
SELECT is((SELECT DISTINCT e.tableoid::regclass::text FROM peoplecall.event AS e WHERE complaint_id = :soon), 'peoplecall.event_' || to_char(now() AT TIME ZONE 'Asia/Shanghai' + interval '5 months', 'YYYY_MM'), 'what waited goes to its month');
SELECT is((SELECT DISTINCT e.tableoid::regclass::text FROM peoplecall.event AS e WHERE complaint_id = :far), 'peoplecall.event_other', 'what fits nowhere still waits');
SELECT is(to_regclass('peoplecall.event_waiting'), NULL, 'and nothing is left over');
SELECT throws_ok('DELETE FROM peoplecall.event_other', '42501', 'delete of the history is refused', 'it is guarded');
SELECT pg_temp.whole('with later months');

-- Old months go, and the ledger knows what they held.
SELECT throws_ok('SELECT * FROM peoplecall.detach_history(''2019-12-01 00:00+08'')', '55006', 'event_before holds the history of 1 matters that are open', 'not while a matter of theirs is open');
SELECT FROM pg_temp.closed(:b, '2020-03-05 10:00');
SELECT jsonb_agg(anchor) AS cut FROM peoplecall.history_anchor(to_at => '2019-12-01 00:00+08') \gset
CREATE TEMPORARY TABLE gone AS SELECT e.* FROM peoplecall.event AS e WHERE e.at < '2019-12-01 00:00+08';
SELECT results_eq('SELECT part, to_at FROM peoplecall.detach_history(''2019-12-15 00:00+08'')',
	$$VALUES ('event_before'::name, '2019-10-01 00:00+08'::timestamptz), ('event_2019_10', '2019-11-01 00:00+08'), ('event_2019_11', '2019-12-01 00:00+08')$$, 'whole months, oldest first');
SELECT is((SELECT min(at) >= '2019-12-01 00:00+08' FROM peoplecall.event), true, 'they are out of the ledger');
SELECT set_eq('SELECT district_id, complaint_id, seq, digest FROM peoplecall.event_before UNION ALL SELECT district_id, complaint_id, seq, digest FROM peoplecall.event_2019_10 UNION ALL SELECT district_id, complaint_id, seq, digest FROM peoplecall.event_2019_11',
	'SELECT district_id, complaint_id, seq, digest FROM gone', 'and are tables by themselves');
SELECT throws_ok('DELETE FROM peoplecall.event_before', '42501', 'delete of the history is refused', 'guarded as before');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole without them');
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'cut'), 'no gap, against the anchor');
SELECT FROM pg_temp.at('2020-04-01 09:00');
SELECT FROM peoplecall.reopen(:b, '复发') \g /dev/null
SELECT FROM peoplecall.reopen(:a, '复发') \g /dev/null
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'cut'), 'verbs go on, chained on what is gone');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'and counted on');
DROP TABLE peoplecall.event_before, peoplecall.event_2019_10, peoplecall.event_2019_11;
SELECT is(peoplecall.keep_partitions(), 0, 'nothing is missing'),
       is_empty('SELECT * FROM peoplecall.check_ledger()', 'nor after they are dropped');

-- One that is merged is open with its principal, and may be split from it.
SELECT pg_temp.filed('2020-04-02 09:00', '四') AS d \gset
SELECT pg_temp.filed('2020-04-02 10:00', '五') AS e \gset
SELECT FROM peoplecall.merge(:d, :e, '同一事') \g /dev/null
SELECT pg_temp.filed('2020-05-04 09:00', '六') AS f \gset
SELECT FROM peoplecall.merge(:e, :f, '同一事') \g /dev/null
SELECT FROM pg_temp.closed(:a, '2020-05-04 10:00');
SELECT FROM pg_temp.closed(:b, '2020-05-04 10:00');
SELECT throws_ok('SELECT * FROM peoplecall.detach_history(''2020-05-01 00:00+08'')', '55006', 'event_2020_04 holds the history of 2 matters that are open', 'nor while they are merged into one that is open');
SELECT is((SELECT array_agg(part) FROM peoplecall.detach_history('2020-05-01 00:00+08', open_too => true)), '{event_2019_12,event_2020_01,event_2020_02,event_2020_03,event_2020_04}', 'unless one says so');
SELECT FROM peoplecall.split(:d, '两件事') \g /dev/null
SELECT is_empty(format('SELECT c FROM pg_temp.clocks(%s, ''total'') AS c WHERE c ~ ''void|met|missed''', :d), 'split, its total goes on, whatever the history has left');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :d AND k.stopped_at IS NULL), 2::bigint, 'and it waits to be dispatched');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');

SELECT * FROM finish();
ROLLBACK;
