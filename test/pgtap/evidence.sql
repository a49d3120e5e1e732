-- Evidence: who may attach what, what is refused, and that a category that
-- asks for it gets it before a share is done.
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
SELECT * FROM pg_temp.at('2019-12-05 09:00');
CREATE ROLE ev_intake; CREATE ROLE ev_community; CREATE ROLE ev_police; CREATE ROLE ev_street;
SELECT peoplecall.appoint('ev_intake', 'intake', 1), peoplecall.appoint('ev_community', 'handle', 22),
	peoplecall.appoint('ev_police', 'handle', 33), peoplecall.appoint('ev_street', 'verify', 12) \g /dev/null
CREATE FUNCTION pg_temp.attach(c bigint, stage text, uri text DEFAULT 'https://files.example/1.jpg', task int DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT state FROM peoplecall.attach(%s, %L, sha256(''1''), %L, %s)', c, uri, stage, coalesce(task::text, 'NULL'))
$$;
-- The error of an address, whole.
CREATE FUNCTION pg_temp.error(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text; hint text; context text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(E'\n', SQLSTATE, SQLERRM, detail, hint);
END
$$;

--
-- A street lamp: the community, 22, leads; the category asks for evidence.
--
SELECT s.complaint_id AS c FROM peoplecall.submit('hotline', '路灯', '不亮', '420106012001', 'city.facility') AS s \gset
SELECT is(pg_temp.says('ev_intake', pg_temp.attach(:c, 'report')), 'dispatched', 'the citizen''s picture, by intake');
SELECT is(pg_temp.event(:c) - 'sha256', '{"verb": "attach", "at": "12-05 09:00", "org": 1, "attachment": 1, "stage": "report"}', 'event attach, without the address');
SELECT is(pg_temp.event(:c) ->> 'sha256', encode(sha256('1'), 'hex'), 'with the digest');
SELECT is((a.seq, a.uri, a.sha256, a.stage, a.task_seq, a.org, a.epoch, a.area)::text, format('(1,https://files.example/1.jpg,"\%s",report,,,0,420106012001)', sha256('1')), 'kept')
  FROM peoplecall.attachment AS a WHERE a.complaint_id = :c;
SELECT is(pg_temp.says('ev_intake', pg_temp.attach(:c, s)), '42501', s || ': not the citizen''s') FROM unnest('{before,during,after}'::text[]) AS s;
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'report')), '42501', 'report: not the handler''s');
SELECT is(pg_temp.says('ev_police', pg_temp.attach(:c, 'after')), '42501', 'after: not another org''s');
SELECT is(pg_temp.says('ev_street', pg_temp.attach(:c, 'after')), '42501', 'nor by another duty');
SELECT is(pg_temp.says('ev_community', format('SELECT peoplecall.complete(%s, ''已修'')', :c)), 'PC008', 'without evidence it is not done');
SELECT is(pg_temp.error(format('SELECT peoplecall.complete(%s, ''已修'')', :c)), format(E'PC008\ntask 1 of complaint %s needs evidence\nCategory city.facility asks for it, and org 22 attached none of stage after since the matter was received.\nAttach it by peoplecall.attach() with stage after, then complete.',
	peoplecall.complaint_no(:c)), 'it says what is missing');
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'before')), 'dispatched', 'how it was');
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'during')), 'dispatched', 'how it goes');
SELECT is(pg_temp.says('ev_community', format('SELECT peoplecall.complete(%s, ''已修'')', :c)), 'PC008', 'do not show that it is done');
SELECT is((t.state, t.done_at)::text, '(sent,)', 'what was refused left nothing') FROM peoplecall.task AS t WHERE t.complaint_id = :c;
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'after')), 'dispatched', 'how it is now');
SELECT is(pg_temp.event(:c) - 'sha256', '{"verb": "attach", "at": "12-05 09:00", "org": 22, "task": 1, "attachment": 4, "stage": "after", "task_org": 22}', 'event: of which share');
SELECT is(pg_temp.says('ev_community', format('SELECT state FROM peoplecall.complete(%s, ''已修'')', :c)), 'completed', 'with it, it is');
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'after')), 'PC001', 'what is claimed gets no more evidence');
SELECT is(pg_temp.says('ev_intake', pg_temp.attach(:c, 'report')), 'completed', 'but the citizen''s');
-- sent back: what showed it shows it still; reopened: it does not
SELECT FROM peoplecall.send_back(:c, '没亮') \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''再修'')', :c)), 'no error', 'sent back: the claim is the same one');
SELECT peoplecall.complete(:c, '再修'), peoplecall.close(:c), peoplecall.reopen(:c, '又不亮') \g /dev/null
SELECT is(pg_temp.says('ev_community', format('SELECT peoplecall.complete(%s, ''三修'')', :c)), 'PC008', 'reopened: it needs new evidence');
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:c, 'after')), 'dispatched', 'which is attached');
SELECT is((a.epoch, a.task_seq)::text, '(1,2)', 'to the new share') FROM peoplecall.attachment AS a WHERE a.complaint_id = :c ORDER BY a.seq DESC LIMIT 1;
SELECT is(pg_temp.says('ev_community', format('SELECT state FROM peoplecall.complete(%s, ''三修'')', :c)), 'completed', 'and done');
SELECT FROM peoplecall.close(:c) \g /dev/null
SELECT is(pg_temp.says('ev_intake', pg_temp.attach(:c, 'report')), 'closed', 'closed: the citizen may show that it is not so');

--
-- Each org shows its own share.
--
SELECT s.complaint_id AS j FROM peoplecall.submit('hotline', '井盖', '', '420106012001', 'city.facility') AS s \gset
SELECT FROM peoplecall.dispatch(:j, assist => '{33}') \g /dev/null
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:j, 'after', task => 2)), '42501', 'not for another''s share');
SELECT is(pg_temp.says('ev_community', pg_temp.attach(:j, 'after')), 'dispatched', 'the lead shows its own');
SELECT is(pg_temp.says('ev_police', format('SELECT peoplecall.complete(%s, ''已围'')', :j)), 'PC008', 'which is not the assistant''s');
SELECT is(pg_temp.says('ev_police', pg_temp.attach(:j, 'after')), 'dispatched', 'the assistant''s, without a number');
SELECT is(array_agg(a.task_seq || ' ' || a.org ORDER BY a.seq), '{1 22,2 33}', 'each is of its share') FROM peoplecall.attachment AS a WHERE a.complaint_id = :j;
SELECT is(pg_temp.says('ev_police', format('SELECT state FROM peoplecall.complete(%s, ''已围'')', :j)), 'dispatched', 'done');
SELECT is(pg_temp.says('ev_community', format('SELECT state FROM peoplecall.complete(%s, ''已换'')', :j)), 'completed', 'and the lead''s');
-- a category that does not ask, and one that asks no more
SELECT s.complaint_id AS g FROM peoplecall.submit('hotline', '垃圾', '', '420106012001', 'city.garbage') AS s \gset
SELECT is(pg_temp.says('ev_community', format('SELECT state FROM peoplecall.complete(%s, ''已清'')', :g)), 'completed', 'a category that does not ask');
SELECT s.complaint_id AS k FROM peoplecall.submit('hotline', '长椅', '', '420106012001', 'city.facility') AS s \gset
UPDATE peoplecall.category SET needs_evidence = false WHERE path = 'city.facility';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''已修'')', :k)), 'no error', 'nor one that asks no more');
UPDATE peoplecall.category SET needs_evidence = true WHERE path = 'city.facility';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''已修'')', :k)), 'PC008', 'one that asks again');
UPDATE peoplecall.category SET needs_evidence = true WHERE path = 'city';
SELECT s.complaint_id AS g2 FROM peoplecall.submit('hotline', '垃圾', '又一处', '420106012001', 'city.garbage') AS s \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''已清'')', :g2)), 'no error', 'the category itself asks, not the one above it');
SELECT s.complaint_id AS n FROM peoplecall.submit('hotline', '不知归谁', '', '420106012001') AS s \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''好'')', :n)), 'no error', 'no category asks for nothing');
-- a waiting one has no share
SELECT s.complaint_id AS w FROM peoplecall.submit('hotline', '路牌', '', '420106012001', 'city.facility', auto_dispatch => false) AS s \gset
SELECT is(pg_temp.refusal(pg_temp.attach(:w, 'after')), 'PC005', 'no share, no evidence of it');
SELECT is(pg_temp.refusal(pg_temp.attach(:w, 'report')), 'no error', 'but the citizen''s');
SELECT is(pg_temp.refusal(pg_temp.attach(:j, 'after', task => 9)), 'PC005', 'nor of a share that is not there');

--
-- What is not taken.
--
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attach(%s, ''file:1'', %s, ''report'')', :w, d)), code, d || ' is no digest')
  FROM (VALUES ('NULL', '22004'), ('''''::bytea', '22023'), ('decode(repeat(''ab'', 31), ''hex'')', '22023'), ('decode(repeat(''ab'', 33), ''hex'')', '22023'),
	('convert_to(repeat(''ab'', 32), ''UTF8'')', '22023'), ('decode(repeat(''ab'', 32), ''hex'')', 'no error')) AS v (d, code);
SELECT is(pg_temp.refusal(pg_temp.attach(:w, s)), '22023', s || ' is no stage') FROM unnest('{intake,AFTER,"after ",x}'::text[]) AS s;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attach(%s, ''file:1'', sha256(''1''), %s)', :w, s)), '22004', s || ' is none') FROM (VALUES ('NULL'), ($$''$$)) AS v (s);
SELECT is(pg_temp.refusal(pg_temp.attach(:w, 'report', u)), 'no error', u || ' is taken')
  FROM unnest(ARRAY['https://files.example/a/b.jpg?size=2', 'oss://bucket/2019/12/1.jpg', 's3://b/k', 'urn:sha256:abc', 'file:///srv/e/1.jpg', 'https://例子.中国/图.jpg', 'https://files.example/a@b.jpg', 'https://files.example/?mail=a@b.c',
	'https://files.example/?monkey=1', 'https://files.example/' || repeat('a', 1978)]) AS u;
SELECT is(split_part(pg_temp.error(pg_temp.attach(:w, 'report', u)), E'\n', 1), '22023', replace(left(u, 60), E'\n', ' ') || ' is not')
  FROM unnest(ARRAY['files.example/1.jpg', '/srv/1.jpg', 'https:', 'https://files.example/a b', E'https://files.example/a\n', 'https://user:geheim@files.example/1', 'https://geheim@files.example/1', 'ftp://a:geheim@h/1',
	'https://files.example/1?token=geheim', 'https://files.example/1?a=1&access_token=geheim', 'https://files.example/1?X-Amz-Signature=geheim', 'https://files.example/1?OSSAccessKeyId=geheim', 'https://files.example/1#password=geheim',
	'data:text/plain,geheim', 'JavaScript:geheim', 'https://files.example/' || repeat('a', 1979), '<https://geheim>', '1http://geheim']) AS u;
SELECT is(pg_temp.error(pg_temp.attach(:w, 'report', u)) ~ 'geheim', false, 'no error repeats what is secret')
  FROM unnest(ARRAY['https://user:geheim@files.example/1', 'https://files.example/1?token=geheim', 'data:text/plain,geheim', '1http://geheim']) AS u;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attach(%s, %s, sha256(''1''), ''report'')', :w, u)), '22004', u || ' is no address') FROM (VALUES ('NULL'), ($$''$$)) AS v (u);
SELECT is_empty($$SELECT e.detail FROM peoplecall.event AS e WHERE e.detail::text ~ 'files\.example|file:|oss:'$$, 'no event has an address');
-- the table itself holds to it
SELECT throws_ok(format('INSERT INTO peoplecall.attachment (district_id, complaint_id, area, seq, uri, sha256, stage, attached_at) VALUES (420106, %s, ''420106012001'', 99, ''x'', ''x'', ''report'', now())', :w), '23514', NULL, 'the table takes no other digest');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
