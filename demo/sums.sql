-- What the day came to, all of it from the ledger, and what must hold of it.
\ir stage/open.sql
COMMIT;
ANALYZE;
SELECT pg_temp.at('2019-11-29 18:00') \g /dev/null
\echo '══ The day''s sums, as of Friday 29 November 2019, 18:00'
\set ECHO queries

\echo '-- The lights of each district:'
SELECT area_name, open, green, yellow, red
  FROM peoplecall.lights
 WHERE level = 'district'
 ORDER BY area;

\echo '-- What was settled where:'
SELECT count(*) AS closed,
       count(*) FILTER (WHERE k.level = 'community') AS by_communities,
       count(*) FILTER (WHERE k.level = 'street') AS by_streets,
       count(*) FILTER (WHERE k.level < 'street') AS above,
       round(100.0 * count(*) FILTER (WHERE k.level >= 'street') / count(*), 2) AS "community and street, %"
  FROM peoplecall.complaint AS c
  JOIN peoplecall.org AS o ON o.id = c.lead_org
  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
 WHERE c.state = 'closed' AND c.external_id LIKE '20191127-%';

\echo '-- The day''s matters:'
SELECT count(*) AS filed,
       count(*) FILTER (WHERE c.nature = 'consult') AS consultations,
       count(*) FILTER (WHERE c.state = 'closed') AS closed,
       count(*) FILTER (WHERE c.state IN ('received', 'dispatched', 'completed')) AS open,
       count(*) FILTER (WHERE EXISTS (SELECT FROM peoplecall.event AS e
                                       WHERE e.district_id = c.district_id AND e.complaint_id = c.id
                                         AND e.verb = 'send_back')) AS sent_back
  FROM peoplecall.complaint AS c
 WHERE c.external_id LIKE '20191127-%';

\echo '-- The leads'' shares that were due by now:'
SELECT count(*) AS due, count(*) FILTER (WHERE s.verdict = 'met') AS on_time,
       count(*) FILTER (WHERE s.verdict = 'missed') AS done_late,
       count(*) FILTER (WHERE s.verdict IS NULL) AS open_and_late,
       round(100.0 * count(*) FILTER (WHERE s.verdict = 'met') / count(*), 2) AS "on time, %"
  FROM peoplecall.shares AS s
  JOIN peoplecall.complaint AS c ON c.district_id = s.district_id AND c.id = s.complaint_id
 WHERE s.role = 'lead' AND s.due_at <= peoplecall.as_of() AND c.external_id LIKE '20191127-%';
\set ECHO none

CREATE TEMP TABLE filed AS
SELECT c.district_id, c.id, c.state FROM peoplecall.complaint AS c WHERE c.external_id LIKE '20191127-%';
CREATE INDEX ON filed (district_id, id);
ANALYZE filed;
SELECT pg_temp.expect('twenty thousand were filed', (SELECT count(*) FROM filed), 20000) \gset
SELECT pg_temp.expect('each of them is closed or open', (SELECT count(*) FROM filed AS f
	WHERE f.state NOT IN ('closed', 'received', 'dispatched', 'completed')), 0) \gset
SELECT pg_temp.expect('no two events of a complaint have one number, and none is missing', (SELECT count(*)
	FROM filed AS f
	JOIN peoplecall.complaint AS c ON c.district_id = f.district_id AND c.id = f.id
	JOIN LATERAL (SELECT count(*) AS n, max(e.seq) AS last FROM peoplecall.event AS e
	               WHERE e.district_id = f.district_id AND e.complaint_id = f.id) AS e
	  ON e.n <> c.event_count OR e.last <> c.event_count), 0) \gset
SELECT pg_temp.expect('what is closed has no clock that runs', (SELECT count(*)
	FROM filed AS f JOIN peoplecall.clock AS k ON k.district_id = f.district_id AND k.complaint_id = f.id
	WHERE f.state = 'closed' AND k.stopped_at IS NULL), 0) \gset
SELECT pg_temp.expect('no step of a clock fired twice', (SELECT count(*)
	FROM (SELECT FROM peoplecall.event AS e
	       WHERE e.verb = 'alarm'
	       GROUP BY e.district_id, e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
	      HAVING count(*) > 1) AS twice), 0) \gset
SELECT pg_temp.expect('the sweep is not behind', (SELECT count(*) FROM peoplecall.sweep_backlog), 0) \gset
SELECT pg_temp.expect('over 95 % were settled at community and street', (
	SELECT count(*) FILTER (WHERE k.level >= 'street') > 0.95 * count(*)
	  FROM filed AS f
	  JOIN peoplecall.complaint AS c ON c.district_id = f.district_id AND c.id = f.id
	  JOIN peoplecall.org AS o ON o.id = c.lead_org
	  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	 WHERE f.state = 'closed'), true) \gset
\echo
SELECT current_setting('demo.held') AS held \gset
\echo '   ' :held 'expectations held.'
