-- The second half of story 3, included by story-3-school.sql: the next parents
-- meet the same wall, until the district fixes who answers.
\echo
\echo '   The next parents meet the same wall: the street''s ruling bound its case only.'

\set at '2019-12-16 09:00' \set by 4201.hotline \ir act.sql
SELECT complaint_id AS again
  FROM peoplecall.submit('board', '另一家培训机构拒绝退费', '换了招牌，原来的课都不认了。',
	'420106012002', 'shared.training.refund', people => 8) \gset
SELECT complaint_id AS third
  FROM peoplecall.submit('hotline', '舞蹈班停课，余款要不回来', '老师已经离职。',
	'420106012001', 'shared.training.refund') \gset
SELECT no, title, state, lead_name FROM peoplecall.board WHERE complaint_id IN (:again, :third) ORDER BY no;
\set ECHO none
SELECT pg_temp.expect('both fall back to the street', (SELECT array_agg(DISTINCT b.lead_org)
	FROM peoplecall.board AS b WHERE b.complaint_id IN (:again, :third)), ARRAY[pg_temp.org('420106012')]) \gset

-- Sent to each org in turn; each asks to return it, and the street grants that.
CREATE FUNCTION pg_temp.bounce(complaint bigint, VARIADIC codes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	code text;
	step interval := '30 minutes';
BEGIN
	FOREACH code IN ARRAY codes LOOP
		PERFORM peoplecall.act_for(pg_temp.officer('420106012'));
		PERFORM peoplecall.dispatch(complaint, lead => pg_temp.org(code));
		PERFORM pg_temp.at(peoplecall.as_of() + step);
		PERFORM peoplecall.act_for(pg_temp.officer(code));
		PERFORM peoplecall.request(complaint, 'return', '不属本单位职责');
		PERFORM pg_temp.at(peoplecall.as_of() + step);
		PERFORM peoplecall.act_for(pg_temp.officer('420106012'));
		PERFORM peoplecall.decide(complaint, (SELECT max(r.seq) FROM peoplecall.request AS r
		                                       WHERE r.complaint_id = bounce.complaint), true, '同意退单');
	END LOOP;
END
$$;

\set at '2019-12-16 10:00' \set by 420106012 \ir act.sql
\echo '-- Given back three times: the third return opens a meeting by itself, at the org of the'
\echo '-- area that all of them share.'
SELECT pg_temp.bounce(:again, '420106012.market', '420106.education', '420106012.police') \g /dev/null
SELECT at, verb, by, what FROM pg_temp.story(:again, 2);
SELECT coordination_id AS meeting, no, convenor_name, called FROM peoplecall.meetings WHERE complaint_id = :again;
\set ECHO none
SELECT pg_temp.expect('the district convened, by itself', (SELECT m.convened_by
	FROM peoplecall.meetings AS m WHERE m.complaint_id = :again), pg_temp.org('420106')) \gset
SELECT m.coordination_id AS meeting FROM peoplecall.meetings AS m WHERE m.complaint_id = :again \gset

\echo
\echo '   The district''s meeting takes what nobody owns as its agenda, and fixes the owner.'

\set at '2019-12-17 14:30' \set by 420106 \ir act.sql
\echo '-- The agenda: what came in and fell back or was given back ...'
SELECT category, name, complaints, fell_back, returned FROM peoplecall.unowned('420106', '2019-12-01');
\echo '-- ... and what the list of responsibilities leaves open, whether or not somebody has complained yet.'
SELECT category, name FROM peoplecall.uncovered('420106', '2019-12-17');
\set ECHO none
SELECT pg_temp.expect('one kind, three complaints fell back, two were given back', (SELECT (u.category::text, u.complaints, u.fell_back, u.returned)::text
	FROM peoplecall.unowned('420106', '2019-12-01') AS u), '(shared.training.refund,3,3,2)') \gset
SELECT pg_temp.expect('eight kinds have no owner', (SELECT count(*) FROM peoplecall.uncovered('420106', '2019-12-17')), 8) \gset

\set at '2019-12-18 09:00' \set by 420106 \ir act.sql
SELECT o.name AS present, peoplecall.attend(:meeting, o.id)
  FROM peoplecall.coordination_party AS p
  JOIN peoplecall.org AS o ON o.id = p.org
 WHERE p.coordination_id = :meeting AND o.code <> '420106012.police'
 ORDER BY p.seq;
SELECT peoplecall.rule(:meeting, pg_temp.org('420106.education'), pg_temp.orgs('420106.market', '420106.police'),
	'校外培训退费由区教育局牵头，市场监管局查收费、公安分局配合，三日内答复家长', '武昌区纪要〔2019〕21号',
	precedent => true) AS ruling;
SELECT no, convenor_name, called, attended, absent, document_no, precedent
  FROM peoplecall.meetings
 WHERE coordination_id = :meeting;
\set ECHO none
CREATE TEMP TABLE agenda AS
SELECT v.category, pg_temp.org('420106.' || v.lead) AS lead,
       ARRAY(SELECT pg_temp.org('420106.' || a.line) FROM unnest(v.assist) AS a (line)) AS assist,
       v.minutes, format('武昌区纪要〔2019〕%s号', 21 + row_number() OVER ()) AS document_no, NULL::bigint AS meeting
  FROM (VALUES ('shared.training.unlicensed', 'education', '{market}'::text[], '由教育局牵头取缔，市场监管局配合'),
	('shared.dwelling.shop', 'housing', '{planning}', '由房管局牵头，规划分局认定用途'),
	('shared.dwelling.shortstay', 'police', '{housing}', '由公安分局牵头登记管理，房管局配合'),
	('shared.dwelling.dormitory', 'housing', '{fire,police}', '由房管局牵头，消防、公安联合检查'),
	('shared.childcare.unlicensed', 'health', '{market}', '由卫健局牵头，市场监管局配合'),
	('shared.road.outside', 'urban', '{transport}', '由城管执法局牵头接管，交通局配合'),
	('shared.cable.overhead', 'utility', '{urban}', '由水电气联合服务中心牵头清理，城管配合'))
       AS v (category, lead, assist, minutes);

\set at '2019-12-18 10:30' \set by 420106 \ir act.sql
\echo '-- Seven more items, each with a meeting, who comes to it, and minutes (temporary table agenda):'
UPDATE agenda AS a
   SET meeting = peoplecall.convene(a.lead || a.assist, title => '明确责任：' || c.name, area => '420106')
  FROM peoplecall.category AS c
 WHERE c.path::text = a.category;
SELECT count(peoplecall.attend(a.meeting, o.id)) AS present
  FROM agenda AS a
 CROSS JOIN unnest(a.lead || a.assist) AS o (id);
SELECT count(peoplecall.rule(a.meeting, a.lead, a.assist, a.minutes, a.document_no,
	precedent => true, category => a.category::ltree)) AS rulings
  FROM agenda AS a;
\echo '-- The list of the shared kinds in this district, the city''s rulings and the district''s own:'
SELECT c.path AS category, c.name, o.name AS lead, g.document_no AS minutes
  FROM peoplecall.category AS c
 CROSS JOIN LATERAL peoplecall.responsible_rule(c.path, '420106012', 'B', '2019-12-18 12:00') AS r
  JOIN peoplecall.org AS o ON o.id = r.org
  LEFT JOIN peoplecall.ruling AS g ON g.id = r.ruling
 WHERE c.path::text LIKE 'shared.%.%'
 ORDER BY c.path;
\set ECHO none
SELECT pg_temp.expect('8 major and 13 minor kinds, each with an owner and minutes', (
	SELECT (count(DISTINCT split_part(c.path::text, '.', 2)), count(*))::text
	  FROM peoplecall.category AS c
	 CROSS JOIN LATERAL peoplecall.responsible_rule(c.path, '420106012', 'B', '2019-12-18 12:00') AS r
	 WHERE c.path::text LIKE 'shared.%.%' AND r.ruling IS NOT NULL), '(8,13)') \gset
SELECT pg_temp.expect('nothing is left without an owner', (SELECT count(*)
	FROM peoplecall.uncovered('420106', '2019-12-18 12:00')), 0) \gset
SELECT pg_temp.expect('the other districts still have theirs to settle', (SELECT count(*)
	FROM peoplecall.uncovered('420102', '2019-12-18 12:00')), 8) \gset
SELECT pg_temp.expect('the case went to education', (SELECT b.lead_org FROM peoplecall.board AS b
	WHERE b.complaint_id = :again), pg_temp.org('420106.education')) \gset
SELECT pg_temp.expect('who did not come was absent', (SELECT m.absent FROM peoplecall.meetings AS m
	WHERE m.coordination_id = :meeting), 1) \gset

\echo
\echo '   The next such complaint goes straight there.'

\set at '2019-12-20 10:00' \set by 4201.hotline \ir act.sql
SELECT complaint_id AS next, no, state
  FROM peoplecall.submit('mini_program', '画室停业，剩余课时不退', '二十四节课只上了五节。',
	'420106015006', 'shared.training.refund') \gset
SELECT no, state, lead_name FROM peoplecall.board WHERE complaint_id = :next;
SELECT x.rank, o.name, x.role, g.document_no, g.decided_on, x.why
  FROM peoplecall.explain_responsibility('shared.training.refund', '420106015006', 'B', '2019-12-20 10:00') AS x
  LEFT JOIN peoplecall.org AS o ON o.id = x.org
  LEFT JOIN peoplecall.ruling AS g ON g.id = x.ruling
 ORDER BY x.rank;
\set ECHO none
SELECT pg_temp.expect('it is with education at once', (SELECT b.lead_org FROM peoplecall.board AS b
	WHERE b.complaint_id = :next), pg_temp.org('420106.education')) \gset
SELECT pg_temp.expect('the answer cites the minutes', (SELECT g.document_no
	FROM peoplecall.explain_responsibility('shared.training.refund', '420106015006', 'B', '2019-12-20 10:00') AS x
	JOIN peoplecall.ruling AS g ON g.id = x.ruling
	WHERE x.rank = 1), '武昌区纪要〔2019〕21号') \gset
SELECT pg_temp.expect('and so does the task', (SELECT g.document_no
	FROM peoplecall.task AS t JOIN peoplecall.ruling AS g ON g.id = t.ruling
	WHERE t.complaint_id = :next AND t.role = 'lead'), '武昌区纪要〔2019〕21号') \gset

\set at '2019-12-23 16:00' \set by 420106.education \ir act.sql
SELECT pg_temp.finish(:again, '学费已按课时退还') + pg_temp.finish(:third, '余款已退还')
     + pg_temp.finish(:next, '剩余课时已退费') AS shares_done;

\set at '2019-12-24 09:00' \set by 420106 \ir act.sql
SELECT no, state FROM unnest(ARRAY[:again, :third, :next]) AS c (id), LATERAL peoplecall.close(c.id);
\echo '-- The next agenda is empty:'
SELECT category, complaints, fell_back, returned FROM peoplecall.unowned('420106', '2019-12-18');
\set ECHO none
SELECT pg_temp.expect('the next agenda is empty', (SELECT count(*) FROM peoplecall.unowned('420106', '2019-12-18')), 0) \gset
\ir close.sql
