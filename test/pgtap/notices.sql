-- The outbox: notices are taken with a lease, confirmed or failed, and keep
-- their key through all of it. Two gateways at once: test/specs.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.at(moment text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('peoplecall.as_of', moment || '+08', true);
	RETURN;
END
$$;
-- n-th complaint of the district, and the notice's number in it
CREATE FUNCTION pg_temp.taken(batch int DEFAULT 100, lease interval DEFAULT '5 minutes') RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(regexp_replace(n.key, '0{6,}', '-') || '*' || n.attempts ORDER BY n.key), '{}')
	  FROM peoplecall.take_notices(batch, lease) AS n
$$;
CREATE FUNCTION pg_temp.notice(wanted text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.state, n.attempts, to_char(n.not_before, 'HH24:MI'), 'leased until ' || to_char(n.leased_until, 'HH24:MI'),
	                 'sent ' || to_char(n.sent_at, 'HH24:MI'), n.error)
	  FROM peoplecall.notice AS n WHERE n.key = wanted
$$;

SELECT is(pg_temp.taken(), '{}', 'an empty outbox');
-- three matters of one district, two of another; half of the time to accept is gone
SELECT * FROM pg_temp.at('2019-12-05 09:00');
DO $$
DECLARE
	area peoplecall.areacode;
BEGIN
	FOREACH area IN ARRAY '{420106015006,420102017020,420102017020,420106012001,420102017017}'::peoplecall.areacode[] LOOP
		PERFORM peoplecall.submit('hotline', '事', '', area, 'city.facility');
	END LOOP;
END
$$;
SELECT * FROM pg_temp.at('2019-12-05 09:15');
SELECT FROM peoplecall.tick(420102) \g /dev/null
SELECT FROM peoplecall.tick(420106) \g /dev/null
SELECT c.id || '-1' AS first FROM peoplecall.complaint AS c WHERE c.district_id = 420102 ORDER BY c.id LIMIT 1 \gset
SELECT c.id || '-1' AS other FROM peoplecall.complaint AS c WHERE c.district_id = 420106 ORDER BY c.id LIMIT 1 \gset

SELECT is((n.key, n.phone, n.body, n.template, n.to_officer, n.attempts)::text,
          format('(%s,10000000211,"【黄灯提醒】诉求420102-2“事”接单时限已过半，请汉广社区于2019-12-05 09:30前接单。",half,211,1)', :'first'),
          'the gateway gets key, number and text')
  FROM peoplecall.take_notices(1) AS n;
SELECT is(pg_temp.notice(:'first'), 'taken 1 09:20 leased until 09:20', 'leased');
SELECT is(pg_temp.taken(2), '{420102-3-1*1,420102-5-1*1}', 'two more, none twice');
SELECT is(pg_temp.taken(100), '{420106-1-1*1,420106-4-1*1}', 'the rest');
SELECT is(pg_temp.taken(100), '{}', 'all are leased');
SELECT * FROM pg_temp.at('2019-12-05 09:19:59');
SELECT is(pg_temp.taken(100), '{}', 'until the lease ends');
SELECT is(peoplecall.confirm_notice(:'first'), true, 'confirmed');
SELECT is(pg_temp.notice(:'first'), 'sent 1 09:20 sent 09:19', 'sent');
SELECT is(peoplecall.confirm_notice(:'first'), false, 'a second time is no error');
SELECT is(pg_temp.notice(:'first'), 'sent 1 09:20 sent 09:19', 'and changes nothing');
SELECT is(peoplecall.fail_notice(:'first', 'late'), false, 'what was sent cannot fail');
SELECT is(pg_temp.notice(:'first'), 'sent 1 09:20 sent 09:19', 'and stays sent');
SELECT * FROM pg_temp.at('2019-12-05 09:20');
SELECT is(pg_temp.taken(100, '1 hour'), '{420102-3-1*2,420102-5-1*2,420106-1-1*2,420106-4-1*2}', 'handed out again under the same keys; what was sent is not');
SELECT is(pg_temp.notice(:'other'), 'taken 2 10:20 leased until 10:20', 'for the lease that was asked');

-- Back-off: one minute, two, four; then given up.
SELECT is(peoplecall.fail_notice(:'other', '空号'), true, 'failed');
SELECT is(pg_temp.notice(:'other'), 'waiting 2 09:22 空号', 'waits two minutes after the second try');
SELECT * FROM pg_temp.at('2019-12-05 09:21:59');
SELECT is(pg_temp.taken(), '{}', 'not before');
SELECT * FROM pg_temp.at('2019-12-05 09:22');
SELECT is(pg_temp.taken(), '{420106-1-1*3}', 'then again');
SELECT is(peoplecall.fail_notice(:'other', '空号'), true, 'failed');
SELECT is(pg_temp.notice(:'other'), 'waiting 3 09:26 空号', 'waits four');
UPDATE peoplecall.setting SET value = '4' WHERE name = 'notice_attempts';
SELECT * FROM pg_temp.at('2019-12-05 09:26');
SELECT is(pg_temp.taken(), '{420106-1-1*4}', 'a last time');
SELECT is(peoplecall.fail_notice(:'other', '空号'), true, 'failed');
SELECT is((SELECT n.state FROM peoplecall.notice AS n WHERE n.key = :'other'), 'failed', 'given up');
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT is(pg_temp.taken(), '{}', 'never handed out again');
SELECT is(peoplecall.fail_notice(:'other', '空号'), false, 'given up is given up');
SELECT is(peoplecall.confirm_notice(:'other'), true, 'but what came through after all was sent');
SELECT is((SELECT n.state || coalesce(n.error, '') FROM peoplecall.notice AS n WHERE n.key = :'other'), 'sent', 'and has no error');
-- the wait has an end
UPDATE peoplecall.notice SET state = 'taken', attempts = 60 WHERE key = :'other';
UPDATE peoplecall.setting SET value = '100' WHERE name = 'notice_attempts';
SELECT FROM peoplecall.fail_notice(:'other', '忙') \g /dev/null
SELECT is((SELECT n.not_before FROM peoplecall.notice AS n WHERE n.key = :'other'), '2019-12-05 10:00+08'::timestamptz + interval '1024 minutes', 'seventeen hours at most');

-- What is no key, and what is no batch.
SELECT throws_ok(format('SELECT peoplecall.%s', replace(f, '?', quote_nullable(k))), 'PC005', NULL, format('%s of %L', f, k))
  FROM unnest(ARRAY['confirm_notice(?)', 'fail_notice(?, ''x'')']) AS f
 CROSS JOIN unnest(ARRAY[NULL, '', 'x', '-', '420102000000000002', '420102000000000002-', '420102000000000002-99', '420102000000000099-1', '0-1',
                         '0000000000000-1', '99999999999999999999-1', '420102000000000002-9999999999', '420102000000000002-1 ', '420102000000000002-1;--',
                         '７-1', '1-1', '999999999999999999-1']) AS k;
SELECT throws_ok(format('SELECT * FROM peoplecall.take_notices(%s)', a), '22023', NULL, format('take_notices(%s)', a))
  FROM unnest(ARRAY['0', '-1', 'NULL', '1, NULL', '1, ''0''', '1, ''-1 minute''']) AS a;

-- Who may: a gateway with the duty delegate, within its jurisdiction.
CREATE ROLE outbox_gateway;
CREATE ROLE outbox_nobody;
DO $$
BEGIN
	PERFORM peoplecall.appoint('outbox_gateway'::name, 'delegate', 2);
	PERFORM peoplecall.appoint('outbox_nobody'::name, 'handle', 2);
END
$$;
UPDATE peoplecall.notice SET state = 'waiting', not_before = '2019-12-05 09:00+08';
SET LOCAL ROLE outbox_nobody;
SELECT throws_ok('SELECT * FROM peoplecall.take_notices()', '42501', NULL, 'a handler does not take notices');
SET LOCAL ROLE outbox_gateway;
SELECT is(n.got, 3, 'the gateway of one district gets that district''s')
  FROM (SELECT count(*)::int AS got FROM peoplecall.take_notices(100) AS n WHERE n.key LIKE '420102%') AS n;
SELECT is((SELECT count(*) FROM peoplecall.take_notices(100)), 0::bigint, 'and no other''s');
SELECT throws_ok(format('SELECT peoplecall.confirm_notice(%L)', :'other'), '42501', NULL, 'nor confirms them');
SELECT is(peoplecall.confirm_notice(:'first'), true, 'its own it does');
RESET ROLE;

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');

-- Nobody is reminded of a matter that is done meanwhile.
UPDATE peoplecall.notice SET state = 'sent' WHERE key <> :'other';
UPDATE peoplecall.notice
   SET state = 'waiting', template = 'half', not_before = '2019-12-05 09:00+08', error = NULL
 WHERE key = :'other';
UPDATE peoplecall.complaint AS c
   SET state = 'withdrawn'
  FROM peoplecall.notice AS n
 WHERE n.key = :'other' AND c.district_id = n.district_id AND c.id = n.complaint_id;
UPDATE peoplecall.clock AS k
   SET stopped_at = '2019-12-05 09:30+08', verdict = 'void', next_alarm_at = NULL
  FROM peoplecall.notice AS n
 WHERE n.key = :'other' AND k.district_id = n.district_id AND k.complaint_id = n.complaint_id;
SELECT is((SELECT count(*) FROM peoplecall.take_notices()), 0::bigint, 'a reminder of a matter that ended is not sent');
SELECT is((SELECT n.state || ': ' || n.error FROM peoplecall.notice AS n WHERE n.key = :'other'), 'failed: the matter is done', 'and says why');

SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'the history is whole');
SELECT * FROM finish();
ROLLBACK;
