-- changes(): every act once for each channel that sent the matter, numbered
-- without gaps in the order of its history. What commits while others read is
-- in test/specs/changes.spec.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
SELECT pg_temp.at('2019-12-05 09:00') \g /dev/null
CREATE FUNCTION pg_temp.told(after bigint DEFAULT NULL, most int DEFAULT 1000) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', c.no, c.channel, coalesce(c.external_id, '-'), c.complaint_no || '/' || c.seq, pg_temp.minute(c.at), c.verb, c.state, c.grade, c.org)
	  FROM peoplecall.changes(after, most) AS c
$$;

SELECT is(ARRAY(SELECT pg_temp.told()), '{}', 'nothing happened');
SELECT is(ARRAY(SELECT pg_temp.told(0)), '{}', 'nor after nothing');
-- one matter from the call to the second closing
SELECT complaint_id AS a FROM peoplecall.submit('hotline', '油烟', '', '420106012001', 'market.food', external_id => 'h1', reporter_name => '李女士', reporter_phone => '10000000001') \gset
SELECT is(ARRAY(SELECT pg_temp.told()), '{"1 hotline h1 420106-1/1 12-05 09:00 submit received B 12","2 hotline h1 420106-1/2 12-05 09:00 dispatch dispatched B 31"}',
	'an act of two events leaves the state of each: taken in by the street that commands, given to the market office');
SELECT pg_temp.at('2019-12-05 09:10') \g /dev/null
SELECT FROM peoplecall.accept(:a) \g /dev/null
SELECT FROM peoplecall.contact(:a) \g /dev/null
SELECT FROM peoplecall.reclassify(:a, people => 2, grade => 'C') \g /dev/null
SELECT FROM peoplecall.complete(:a, '已整改') \g /dev/null
SELECT FROM peoplecall.close(:a) \g /dev/null
SELECT FROM peoplecall.rate(:a, false, 1, '没有解决') \g /dev/null
SELECT is(ARRAY(SELECT pg_temp.told(2)), '{"3 hotline h1 420106-1/3 12-05 09:10 accept dispatched B 31","4 hotline h1 420106-1/4 12-05 09:10 contact dispatched B 31",
	"5 hotline h1 420106-1/5 12-05 09:10 reclassify dispatched C 31","6 hotline h1 420106-1/6 12-05 09:10 complete completed C 31","7 hotline h1 420106-1/7 12-05 09:10 close closed C 31",
	"8 hotline h1 420106-1/8 12-05 09:10 rate closed C 31","9 hotline h1 420106-1/9 12-05 09:10 reopen dispatched C 31"}', 'the rest, each with the state after it');
SELECT is(ARRAY(SELECT pg_temp.told(9)), '{}', 'then nothing');
SELECT is(ARRAY(SELECT pg_temp.told(3, 2)), ARRAY(SELECT t FROM pg_temp.told(3) AS t LIMIT 2), 'by pages');
SELECT is((SELECT count(*) FROM peoplecall.change_queue), 0::bigint, 'nothing waits');
SELECT is((h.last_no, h.forgotten)::text, '(9,0)', 'the head knows the last number') FROM peoplecall.change_head AS h;
SELECT is((SELECT c::text FROM peoplecall.change AS c WHERE c::text ~ '李女士|10000000001|没有解决|已整改|油烟'), NULL, 'nobody''s data is in it, nor what was said');

-- Others: a consultation, one referred, one merged, split and suspended.
SELECT complaint_id AS b FROM peoplecall.submit('mayor_mailbox', '问', '', '420106012001', 'consult', 'consult') \gset
SELECT FROM peoplecall.answer(:b, '好') \g /dev/null
SELECT complaint_id AS c FROM peoplecall.submit('mini_program', '噪声', '夜里', '420102017020', 'police.noise', external_id => 'm1', reporter_phone => '10000000002') \gset
SELECT is(ARRAY(SELECT pg_temp.told(9)), '{"10 mini_program m1 420102-3/1 12-05 09:10 submit received B 11","11 mini_program m1 420102-3/2 12-05 09:10 dispatch dispatched B 43",
	"12 mayor_mailbox - 420106-2/1 12-05 09:10 submit received A 22","13 mayor_mailbox - 420106-2/2 12-05 09:10 answer closed A 22"}', 'one without a number of its channel''s; the channel is the one that was used');
-- the citizen calls the hotline too: from here on it is told as well
SELECT FROM peoplecall.submit('hotline', '噪声', '夜里', '420102017020', 'police.noise', external_id => 'h2', reporter_phone => '10000000002') \g /dev/null
SELECT is(ARRAY(SELECT pg_temp.told(13)), '{"14 hotline h2 420102-3/3 12-05 09:10 urge dispatched B 43","15 mini_program m1 420102-3/3 12-05 09:10 urge dispatched B 43"}', 'each channel that sent it, under its own number');
SELECT complaint_id AS d FROM peoplecall.submit('hotline', '另一噪声', '', '420102017020', 'police.noise') \gset
SELECT FROM peoplecall.merge(:d, :c, '同一事') \g /dev/null
SELECT FROM peoplecall.complete(:c, '已处理') \g /dev/null
SELECT FROM peoplecall.close(:c) \g /dev/null
SELECT is((SELECT array_agg(t.line) FROM pg_temp.told(15) AS t (line) WHERE t.line !~ 'm1|h2'), '{"22 hotline - 420102-4/1 12-05 09:10 submit received B 11","23 hotline - 420102-4/2 12-05 09:10 dispatch dispatched B 43",
	"24 hotline - 420102-4/3 12-05 09:10 merge merged B 11","25 hotline - 420102-4/4 12-05 09:10 close merged B 11"}', 'a merged one hears of the end of what it was merged into');

-- What the sweep and a new calendar do is no act on the matter; what follows from it is.
SELECT count(*) AS before FROM peoplecall.changes(0) \gset
SELECT pg_temp.sweep_at('2019-12-27 09:00') > 0 AS swept \gset
SELECT ok(:'swept'::boolean AND EXISTS (SELECT FROM peoplecall.event WHERE verb = 'alarm'), 'steps were taken');
SELECT is((SELECT array_agg(DISTINCT c.verb) FROM peoplecall.changes(:before) AS c), '{supervise}', 'alarms are not told, supervision is');
SELECT is((SELECT count(*) FROM (
	SELECT e.complaint_id, e.seq, c.channel, c.external_id FROM peoplecall.event AS e JOIN peoplecall.complaint AS c ON c.id = e.complaint_id WHERE e.verb NOT IN ('alarm')
	UNION ALL SELECT e.complaint_id, e.seq, 'hotline', 'h2' FROM peoplecall.event AS e WHERE e.complaint_id = :c AND e.seq >= 3 AND e.verb <> 'alarm'
	EXCEPT ALL SELECT l.complaint_id, l.seq, l.channel, l.external_id FROM peoplecall.changes(0) AS l) AS missing), 0::bigint, 'every other event is there');
SELECT is((SELECT count(*) FROM peoplecall.changes(0)), (SELECT count(*) FROM peoplecall.event AS e LEFT JOIN LATERAL (SELECT FROM unnest('{1,2}'::int[]) WHERE e.complaint_id = :c AND e.seq >= 3 LIMIT 2) AS twice ON true WHERE e.verb <> 'alarm'), 'and nothing else');
SELECT is((SELECT array_agg(c.no) FROM peoplecall.changes(0) AS c), (SELECT array_agg(n) FROM generate_series(1, (SELECT last_no FROM peoplecall.change_head)) AS n), 'without a gap');
SELECT is((SELECT count(*) FROM (SELECT c.seq, lag(c.seq) OVER (PARTITION BY c.complaint_id, c.channel, c.external_id ORDER BY c.no) AS before FROM peoplecall.changes(0) AS c) AS x WHERE x.before >= x.seq), 0::bigint, 'of one matter in the order of its history');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT ON (l.complaint_id) l.complaint_id, l.state, l.grade FROM peoplecall.changes(0) AS l ORDER BY l.complaint_id, l.no DESC) AS l
	JOIN peoplecall.complaint AS c ON c.id = l.complaint_id WHERE (c.state, c.grade)::text <> (l.state, l.grade)::text), 0::bigint, 'the last one says how the matter stands');

-- Who is told what.
CREATE ROLE feed_hotline; CREATE ROLE feed_mini; CREATE ROLE feed_all; CREATE ROLE feed_street; CREATE ROLE feed_two; CREATE ROLE feed_nobody;
SELECT peoplecall.appoint(r::name, 'intake', 1) FROM unnest('{feed_hotline,feed_mini,feed_two}'::text[]) AS r \g /dev/null
SELECT peoplecall.appoint('feed_all'::name, 'read', 1), peoplecall.appoint('feed_street'::name, 'intake', 12), peoplecall.appoint('feed_nobody'::name, 'handle', 1) \g /dev/null
INSERT INTO peoplecall.channel_role (channel, role, every_matter) VALUES ('hotline', 'feed_hotline', true), ('mini_program', 'feed_mini', false), ('mini_program', 'feed_two', false), ('hotline', 'feed_two', false);
SELECT is(pg_temp.says(who, 'SELECT string_agg(DISTINCT channel, '' '' ORDER BY channel) || '' '' || count(*) || '' '' || bool_and(before IS NULL OR before < no) FROM (SELECT channel, no, lag(no) OVER () AS before FROM peoplecall.changes(0)) AS c'), outcome, format('what %s is told', who))
  FROM (SELECT v.who, coalesce(v.fixed, concat_ws(' ', string_agg(DISTINCT l.channel, ' ' ORDER BY l.channel), count(*), 'true')) AS outcome
          FROM (VALUES ('feed_hotline', '{hotline,mayor_mailbox}'::text[], NULL::text), ('feed_mini', '{mini_program}', NULL), ('feed_two', '{hotline,mayor_mailbox,mini_program}', NULL),
                       ('feed_all', '{hotline,mayor_mailbox,mini_program}', NULL), ('feed_street', '{hotline,mayor_mailbox}', NULL), ('feed_nobody', '{}', '42501')) AS v (who, channels, fixed)
          LEFT JOIN peoplecall.change AS l ON l.channel = ANY (v.channels) AND (v.who <> 'feed_street' OR l.area OPERATOR(peoplecall.<@) '420106012')
         GROUP BY v.who, v.fixed) AS expected;
SELECT is(pg_temp.says('feed_two', 'SELECT array_agg(no) FROM peoplecall.changes(5, 7)'), (SELECT array_agg(no)::text FROM (SELECT no FROM peoplecall.change WHERE no > 5 ORDER BY no LIMIT 7) AS x), 'the pages of several channels are one');
SELECT is(pg_temp.says('feed_mini', 'SELECT array_agg(no) FROM peoplecall.changes(0, 2)'), (SELECT array_agg(no)::text FROM (SELECT no FROM peoplecall.change WHERE channel = 'mini_program' ORDER BY no LIMIT 2) AS x), 'of one, its own');
SELECT is(pg_temp.says('feed_mini', 'SELECT count(*) FROM peoplecall.change'), (SELECT count(*)::text FROM peoplecall.change), 'the table is read by posts, like the complaints');
SELECT is(pg_temp.says('feed_street', 'SELECT bool_and(area::text ~ ''^420106012'') FROM peoplecall.change'), 'true', 'and by their areas');
SELECT is(pg_temp.says('feed_all', 'SELECT FROM peoplecall.change_queue'), '42501', 'the queue is nobody''s');

-- What cannot be asked.
SELECT is(ARRAY[pg_temp.refusal('SELECT peoplecall.changes(0, 0)'), pg_temp.refusal('SELECT peoplecall.changes(0, NULL)'), pg_temp.refusal('SELECT peoplecall.changes(1000000)')], '{22023,22023,PC009}', 'no limit, or a number that was never given');

-- Forgetting.
SELECT (SELECT last_no FROM peoplecall.change_head) AS last \gset
SELECT FROM peoplecall.submit('hotline', '新', '', '420106012001', 'market.food') \g /dev/null
SELECT is(peoplecall.forget_changes(now() - interval '1 day'), 0::bigint, 'nothing is as old');
SELECT is((SELECT count(*) FROM peoplecall.change_queue), 0::bigint, 'but what nobody fetched has its number');
SELECT is(peoplecall.forget_changes(), 0::bigint, 'nor as the setting says');
UPDATE peoplecall.change SET numbered_at = numbered_at - interval '31 days' WHERE no <= 10;
SELECT is(peoplecall.forget_changes(), 10::bigint, 'after 30 days they go');
SELECT is(pg_temp.refusal('SELECT peoplecall.changes(9)'), 'PC009', 'whoever asks for them is told');
SELECT is((SELECT array_agg(no) FROM (SELECT no FROM peoplecall.changes(10, 3)) AS x), '{11,12,13}', 'whoever has them goes on');
SELECT is((SELECT min(no) FROM peoplecall.changes()), 11::bigint, 'NULL begins with the oldest');
SELECT is(peoplecall.forget_changes('infinity'), :last + 2 - 10::bigint, 'all of them');
SELECT FROM peoplecall.submit('hotline', '再', '', '420106012001', 'market.food') \g /dev/null
SELECT is((SELECT array_agg(no - :last) FROM peoplecall.changes()), '{3,4}', 'numbers are never given twice');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
