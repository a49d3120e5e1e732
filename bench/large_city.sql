-- A city of any size, for measuring: :history closed matters of the last years
-- and :open open ones with :clocks clocks each, over the demo city's areas and
-- orgs. Run by psql from the project's root, as a superuser, after demo/city.sql:
--     psql -d city -v history=10000000 -v open=200000 -v clocks=3 -f bench/large_city.sql
-- Rows are written into the tables by hand, so that millions take minutes; no
-- verb's check is part of it, and such a database is for nothing else.
\set ON_ERROR_STOP on
\if :{?clocks} \else \set clocks 3 \endif
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMPORARY TABLE place AS
SELECT row_number() OVER (ORDER BY a.code) AS n, a.code,
       (a.code::bigint / 1000000000)::int AS district_id,
       (SELECT min(o.id) FROM peoplecall.org AS o
         WHERE o.kind = 'community' AND o.area OPERATOR(peoplecall.=) a.code) AS org
  FROM peoplecall.area AS a
 WHERE peoplecall.level(a.code) = 'community';
CREATE INDEX ON place (n);
ANALYZE place;
SELECT count(*) AS places FROM place \gset
SELECT array_agg(path::text) AS categories FROM peoplecall.category \gset
SELECT now() AS moment \gset

-- the square makes some communities a hundred times as busy as others
INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, area, category,
	grade, state, command_level, command_org, lead_org, received_at, completed_at, closed_at,
	result, event_count, last_event_at)
SELECT p.district_id, p.district_id * 1000000000000 + s.n, 'hotline', 'complaint',
       'matter ' || s.n, p.code, (:'categories'::text[])[1 + s.n % cardinality(:'categories'::text[])]::ltree,
       'B', 'closed', 'community', p.org, p.org, t.at, t.at + interval '3 days', t.at + interval '4 days',
       'done', 6, t.at + interval '4 days'
  FROM generate_series(1, :history::bigint) AS s (n)
 CROSS JOIN LATERAL (SELECT :'moment'::timestamptz - (10 + 1600.0 * s.n / greatest(:history, 1)) * interval '1 day' AS at) AS t
  JOIN place AS p ON p.n = 1 + floor(power(hashint8(s.n) / 4294967296.0 + 0.5, 2) * :places)::int;

INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, area, category,
	grade, state, command_level, command_org, lead_org, received_at, warn_at, due_at,
	event_count, last_event_at)
SELECT p.district_id, p.district_id * 1000000000000 + s.n, 'hotline', 'complaint',
       'matter ' || s.n, p.code, (:'categories'::text[])[1 + s.n % cardinality(:'categories'::text[])]::ltree,
       'B', 'dispatched', 'community', p.org, p.org, t.at, t.at + interval '5 days', t.at + interval '10 days',
       2, t.at
  FROM generate_series(:history::bigint + 1, :history::bigint + :open) AS s (n)
 CROSS JOIN LATERAL (SELECT :'moment'::timestamptz - (12.0 * (s.n - :history) / :open) * interval '1 day' AS at) AS t
  JOIN place AS p ON p.n = 1 + floor(power(hashint8(s.n) / 4294967296.0 + 0.5, 2) * :places)::int;
SELECT setval('peoplecall.complaint_serial', :history::bigint + :open) \g /dev/null

INSERT INTO peoplecall.task (district_id, complaint_id, area, seq, org, role, state, sent_at, accepted_at)
SELECT c.district_id, c.id, c.area, 1, c.lead_org, 'lead', 'accepted', c.received_at, c.received_at
  FROM peoplecall.complaint AS c
 WHERE c.state = 'dispatched';

-- their next alarm lies after all that a measurement does
INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, task_seq, kind, calendar, allowed,
	started_at, warn_at, due_at, next_alarm_at)
SELECT c.district_id, c.id, c.area, k.seq, CASE WHEN k.seq > 1 THEN 1 END,
       (ARRAY['total', 'resolve', 'contact'])[k.seq]::peoplecall.clock_kind, 'office', '10d',
       c.received_at, c.warn_at, c.due_at, :'moment'::timestamptz + interval '1 day' + k.seq * interval '1 hour'
  FROM peoplecall.complaint AS c
 CROSS JOIN generate_series(1, :clocks) AS k (seq)
 WHERE c.state = 'dispatched';
RESET session_replication_role;
VACUUM ANALYZE peoplecall.complaint, peoplecall.task, peoplecall.clock;
