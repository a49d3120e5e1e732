-- Story 1: a flower rack on a window sill, down six minutes after the report.
\ir stage/open.sql
\echo '══ Story 1. A flower rack is about to fall: down in six minutes'

\set at '2019-12-03 10:12' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS rack, no, state, grade, due_at
  FROM peoplecall.submit('mini_program', '汉口城市广场窗台花架松动，随时会坠落',
	'三楼窗台外的铁花架一头已经脱开，下面是小区出入口。', '420102017020', 'safety.falling',
	reporter_name => '刘女士', reporter_phone => '00000000001',
	address => '汉口城市广场 2 栋 3 楼') \gset
SELECT no, grade, urgency, state, sla, due_at, command_name, lead_name
  FROM peoplecall.board
 WHERE complaint_id = :rack;
\echo '-- Why urgent:'
SELECT coalesce(g.rule::text, 'base') AS rule, g.grade, g.urgency, g.reason
  FROM peoplecall.explain_grade('safety.falling', words => '窗台花架松动，随时会坠落') AS g;

\set at '2019-12-03 10:13' \set by 420102017020 \ir stage/act.sql
SELECT no, state, sla FROM peoplecall.accept(:rack);
SELECT no, state, sla FROM peoplecall.contact(:rack, '告知居民已派人上门');

\set at '2019-12-03 10:18' \set by 420102017020 \ir stage/act.sql
SELECT no, state, sla FROM peoplecall.complete(:rack, '花架已拆下，窗台已清理');

\set at '2019-12-03 15:30' \set by 420102017 \ir stage/act.sql
\echo '-- Completion is a claim: the street, not the community, asks the citizen and closes.'
SELECT no, state FROM peoplecall.revisit(:rack, 'reached', true, true, 5);
SELECT no, state FROM peoplecall.close(:rack);
SELECT * FROM pg_temp.story(:rack);
SELECT k.kind, k.allowed, k.stopped_at - k.started_at AS took, k.verdict
  FROM peoplecall.clock AS k
 WHERE k.complaint_id = :rack
 ORDER BY k.seq;
\set ECHO none
SELECT pg_temp.expect('from the report to the rack on the ground',
	(SELECT t.done_at - c.received_at
	   FROM peoplecall.complaint AS c
	   JOIN peoplecall.task AS t ON t.complaint_id = c.id
	  WHERE c.id = :rack), '6 minutes') \gset
SELECT pg_temp.expect('every clock was met', (
	SELECT array_agg(DISTINCT k.verdict) FROM peoplecall.clock AS k WHERE k.complaint_id = :rack), '{met}') \gset
SELECT pg_temp.expect('it is urgent', (SELECT c.urgency FROM peoplecall.complaint AS c WHERE c.id = :rack), 'urgent') \gset
\ir stage/close.sql
