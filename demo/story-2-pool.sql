-- Story 2: a patrol sees a children's pool closing before anybody complains.
\ir stage/open.sql
\echo '══ Story 2. A children''s pool in a mall is closing: 300 prepaid members, and nobody has complained yet'

\set at '2019-12-04 14:20' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS pool
  FROM peoplecall.submit('patrol', '商场儿童游泳馆贴出停业告示',
	'馆内设备正在搬走，约 300 名会员卡内有余额。', '420102017020', 'shared.prepaid.group',
	people => 300, subject_org => pg_temp.org('outside.pool')) \gset
\echo '-- The category is the community''s; 300 people make it the street''s:'
SELECT coalesce(g.rule::text, 'base') AS rule, g.grade, g.reason
  FROM peoplecall.explain_grade('shared.prepaid.group', channel => 'patrol', people => 300) AS g;
SELECT no, grade, state, due_at, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :pool;
\set ECHO none
SELECT pg_temp.expect('300 people make it a B', (SELECT b.grade FROM peoplecall.board AS b WHERE b.complaint_id = :pool), 'B') \gset
SELECT pg_temp.expect('the street commands', (SELECT b.command_org FROM peoplecall.board AS b WHERE b.complaint_id = :pool),
	pg_temp.org('420102017')) \gset

\set at '2019-12-04 14:40' \set by 420102017 \ir stage/act.sql
\echo '-- By the list the market supervision station leads and the street''s enforcement team assists;'
\echo '-- the street, which commands, sends the police station along:'
SELECT no, state FROM peoplecall.dispatch(:pool, assist => pg_temp.orgs('420102017.police'),
	assist_matters => '{到场维持秩序}');

\set at '2019-12-05 17:00' \set by 420102017.market \ir stage/act.sql
\echo '-- Each of the three completes its share:'
SELECT pg_temp.finish(:pool, '会员逐一登记，余额按比例退回') AS shares_done;

\set at '2019-12-06 09:00' \set by 420102017 \ir stage/act.sql
SELECT no, state FROM peoplecall.close(:pool);
SELECT role, org_name, matter, state, due_at, verdict FROM peoplecall.shares WHERE complaint_id = :pool ORDER BY task_seq;
\set ECHO none
SELECT pg_temp.expect('three shares, all in time', (
	SELECT array_agg(s.verdict::text) FROM peoplecall.shares AS s WHERE s.complaint_id = :pool), '{met,met,met}') \gset
\ir stage/close.sql
