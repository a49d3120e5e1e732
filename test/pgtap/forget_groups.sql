-- Forgetting one whose matter was merged with others: by the principal, withdrawn,
-- split, when the principal moved to another district or was merged itself. Each
-- of them is named by the officers of every other.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Shanghai';
\ir ../fixture/acting.sql
SELECT FROM pg_temp.at('2019-12-05 09:00') \g /dev/null

\ir ../fixture/traces.sql
-- Which events have a text.
CREATE FUNCTION pg_temp.events_with(pattern text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT e.verb, ' ') FROM peoplecall.event AS e WHERE e::text ~ pattern
$$;
CREATE FUNCTION pg_temp.call(who text, phone text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', '夜间施工', (SELECT count(*)::text FROM peoplecall.complaint), '420106012001', 'police.noise',
		reporter_name => who, reporter_phone => phone) AS s;
	PERFORM peoplecall.accept(c);
	RETURN c;
END
$$;
\set p_is '张三丰|13900003333'
\set c_is '周女士|13900004444'
\set q_is '李四光|13900005555'
\set d_is '吴小姐|13900006666'
\set all '张三丰（13900003333）、周女士（139 0000 4444）、李四光（13900005555）、吴小姐（13900006666）'

SELECT pg_temp.call('张三丰', '13900003333') AS p, pg_temp.call('周女士', '13900004444') AS c, pg_temp.call('李四光', '13900005555') AS q, pg_temp.call('吴小姐', '13900006666') AS d \gset
SELECT FROM peoplecall.merge(:c, :p, '与张三丰（13900003333）反映同一事') \g /dev/null
SELECT FROM peoplecall.merge(:d, :p, '与张三丰、周女士（13900004444）反映同一事') \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is')), NULL, 'no event of one that is merged names the principal''s citizen, or another''s');
SELECT is((SELECT string_agg(e.detail ->> 'reason', '|' ORDER BY e.complaint_id) FROM peoplecall.event AS e WHERE e.complaint_id IN (:c, :d) AND e.verb = 'merge'), '与***（***）反映同一事|与***、***（***）反映同一事', 'what else was written is there');
SELECT FROM peoplecall.report(:p, '已告知张三丰（13900003333）、周女士（139 0000 4444）、吴小姐') \g /dev/null
SELECT FROM peoplecall.complete(:p, '已告知张三丰（13900003333）、周女士（13900004444）、吴小姐') \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is', :'d_is')), NULL, 'nor does one of the principal''s');
SAVEPOINT done;

-- Closed: the result went into all of them.
SELECT FROM peoplecall.close(:p) \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is', :'d_is')), NULL, 'closed: no event has any of them');
SELECT matches(pg_temp.traces(:'p_is'), 'complaint 3', 'each has the result');
SELECT FROM peoplecall.forget_reporter(:p) \g /dev/null
SELECT is(pg_temp.traces(:'p_is'), NULL, 'the principal''s citizen is forgotten in those merged into it');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces(:'c_is'), NULL, 'one of those in the principal, and in the others');
SELECT isnt(pg_temp.traces(:'d_is'), NULL, 'who is not forgotten is there');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and the history');
ROLLBACK TO done;

-- No longer merged.
SELECT FROM peoplecall.withdraw(:c, '算了') \g /dev/null
SELECT FROM peoplecall.report(:p, '周女士已撤回') \g /dev/null
SELECT is(pg_temp.events_with(:'c_is'), NULL, 'withdrawn: an event does not name him who has gone');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces(:'c_is'), NULL, 'he is forgotten in the principal');
ROLLBACK TO done;
SELECT FROM peoplecall.split(:c, '与张三丰非一事') \g /dev/null
SELECT FROM peoplecall.report(:p, '周女士另案') \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is')), NULL, 'split: no event names whom it was merged with');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces(:'c_is'), NULL, 'he is forgotten in what was the principal');
SELECT FROM peoplecall.forget_reporter(:p) \g /dev/null
SELECT is(pg_temp.traces(:'p_is'), NULL, 'and the principal''s in what it was');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
ROLLBACK TO done;

-- The principal moved to another district, and back: under all its numbers.
SELECT FROM peoplecall.send_back(:p, '未好') \g /dev/null
SAVEPOINT again;
SELECT FROM peoplecall.withdraw(:d, '吴小姐不要了') \g /dev/null
SELECT (t).complaint_id AS n FROM peoplecall.transfer(:p, '420102017020', '张三丰与周女士在江岸，吴小姐撤回') AS t \gset
SELECT FROM peoplecall.report(:n, '已联系张三丰、周女士（13900004444）、吴小姐') \g /dev/null
SELECT FROM peoplecall.urge(:c, '找周女士') \g /dev/null
SELECT (t).complaint_id AS o FROM peoplecall.transfer(:n, '420106012001', '周女士、张三丰又回来，吴小姐') AS t \gset
SELECT FROM peoplecall.report(:o, '已联系张三丰、周女士（13900004444）、吴小姐') \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is', :'d_is')), NULL, 'moved: no event of any number has one of them, not who withdrew before either');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces(:'c_is'), NULL, 'he is forgotten under all numbers of the principal');
SELECT FROM peoplecall.forget_reporter(:d) \g /dev/null
SELECT is(pg_temp.traces(:'d_is'), NULL, 'so is who withdrew before');
SELECT FROM peoplecall.forget_reporter(:p) \g /dev/null
SELECT is(pg_temp.traces(:'p_is'), NULL, 'and its own citizen');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and the history');
ROLLBACK TO again;

-- The principal was merged itself.
SELECT FROM peoplecall.withdraw(:d, '不要了') \g /dev/null
SELECT FROM peoplecall.merge(:p, :q, '与李四光同一事') \g /dev/null
SELECT FROM peoplecall.report(:q, :'all') \g /dev/null
SELECT FROM peoplecall.complete(:q, :'all') \g /dev/null
SELECT FROM peoplecall.close(:q) \g /dev/null
SELECT is(pg_temp.events_with(concat_ws('|', :'p_is', :'c_is', :'q_is', :'d_is')), NULL, 'merged on: no event has one of the whole group');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces('周女士|139 ?0000 ?4444'), NULL, 'he is forgotten in both principals');
SELECT FROM peoplecall.forget_reporter(:d) \g /dev/null
SELECT is(pg_temp.traces(:'d_is'), NULL, 'so is who withdrew before');
SELECT FROM peoplecall.forget_reporter(:q) \g /dev/null
SELECT is(pg_temp.traces(:'q_is'), NULL, 'and the last one''s');
SELECT is((SELECT string_agg(r.name, ' ' ORDER BY r.complaint_id) FROM peoplecall.reporter AS r), '张三丰', 'who is left is remembered');
SELECT is((SELECT c.result FROM peoplecall.complaint AS c WHERE c.id = :c), '张三丰（13900003333）、***（***）、***（***）、***（***）', 'also in the results');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and the history');
ROLLBACK TO done;

-- Others are left alone.
SELECT pg_temp.call('张三丰', '13900007777') AS x \gset
SELECT FROM peoplecall.report(:x, '周女士、张三丰') \g /dev/null
SELECT is(pg_temp.event(:x) ->> 'note', '周女士、***', 'an event of another matter names whom it does not know');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT FROM peoplecall.forget_reporter(:p) \g /dev/null
SELECT is((SELECT r.name FROM peoplecall.reporter AS r WHERE r.complaint_id = :x), '张三丰', 'one of the same name is another');

SELECT * FROM finish();
ROLLBACK;
