-- Who leads a matter, who assists, and the proof.
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = peoplecall, public;
SET TimeZone = 'Asia/Shanghai';
SET DateStyle = 'ISO, YMD';
\pset null '-'

-- no ledger yet
\set VERBOSITY sqlstate
SELECT responsible_org('a', '420102', 'A');
SELECT * FROM responsible_rule('a', '420102', 'A');
SELECT assisting_orgs('a', '420102', 'A');
SELECT * FROM explain_responsibility('a', '420102', 'A');
SELECT * FROM uncovered();
SELECT * FROM unowned('4201', '2026-01-01');
\set VERBOSITY default

SET client_min_messages = warning;
SELECT peoplecall.create_ledger();
RESET client_min_messages;

INSERT INTO area (code, name) VALUES
	('4201', 'Wuhan'),
	('420102', 'Jiang''an'), ('420102001', 'Dazhi'), ('420102001001', 'Dazhi 1'),
	('420111', 'Hongshan'), ('420111079', 'Guandong'), ('420111079001', 'Guandong 1');
INSERT INTO org_kind (kind, name, level, territorial) VALUES
	('city', 'government of a city', 'city', true),
	('district', 'government of a district', 'district', true),
	('street', 'street office', 'street', true),
	('community', 'residents'' committee', 'community', true),
	('urban', 'urban management, at any level', NULL, false),
	('water', 'water bureau of a district', 'district', false),
	('property', 'property firm', NULL, false);
INSERT INTO org (id, name, kind, area, superior) VALUES
	(1, 'Wuhan', 'city', '4201', NULL),
	(10, 'Jiang''an', 'district', '420102', 1),
	(11, 'Dazhi', 'street', '420102001', 10),
	(12, 'Dazhi 1', 'community', '420102001001', 11),
	(20, 'Hongshan', 'district', '420111', 1),
	(22, 'Guandong', 'street', '420111079', 20),
	(30, 'East Lake High-tech Zone', 'district', '4201', 1),
	(50, 'Urban management, Wuhan', 'urban', '4201', 1),
	(51, 'Urban management, Jiang''an', 'urban', '420102', 10),
	(52, 'Urban management, Dazhi', 'urban', '420102001', 51),
	(60, 'Water, Jiang''an', 'water', '420102', 10),
	(61, 'Water, Hongshan', 'water', '420111', 20),
	(62, 'Water, East Lake', 'water', '4201', 30),
	(70, 'A property firm', 'property', '420102001001', NULL),
	(80, 'Old office, closed', 'property', '420102', NULL);
UPDATE org SET active = false WHERE id = 80;
INSERT INTO jurisdiction VALUES
	('420111079', 30, '[2026-07-01,)'), ('420111079', 62, '[2026-07-01,)');
INSERT INTO category (path, name) VALUES
	('road', 'roads'), ('road.lamp', 'street lamps'), ('road.lamp.dark', 'a lamp is dark'),
	('road.hole', 'holes'), ('water', 'water'), ('water.leak', 'leaks'), ('noise', 'noise'), ('heat', 'heating');
INSERT INTO ruling (id, title, minutes, decided_on, decided_by, precedent) VALUES
	(5, 'Lamps', 'Lamps in Dazhi are the street''s.', '2026-03-01', 10, true);

-- rules, one at a time, and who leads a dark lamp of grade B in Dazhi 1
CREATE FUNCTION leads(grade grade DEFAULT 'B', area areacode DEFAULT '420102001001',
	category ltree DEFAULT 'road.lamp.dark', at timestamptz DEFAULT '2026-06-01 12:00+08',
	subject bigint DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT nullif(concat_ws(' ', 'org ' || r.org, 'rule ' || r.responsibility, 'ruling ' || r.ruling,
		CASE WHEN r.org IS DISTINCT FROM responsible_org(category, area, grade, at, subject) THEN 'DIFFERS' END), '')
	  FROM responsible_rule(category, area, grade, at, subject) AS r $$;
SELECT leads() AS fallback_b, leads('A') AS a, leads('C') AS c, leads('D') AS d;
INSERT INTO responsibility (id, category, area, org) VALUES (1, 'road', '4201', 50);
SELECT leads() AS by_1, leads(area => '42') AS above_it, leads(category => 'noise') AS another;
INSERT INTO responsibility (id, category, area, org) VALUES (2, 'road.lamp', '4201', 60);
SELECT leads() AS deeper_category;
INSERT INTO responsibility (id, category, area, org) VALUES (3, 'road', '420102001', 11);
SELECT leads() AS category_before_area, leads(category => 'road.hole') AS area;
INSERT INTO responsibility (id, category, area, org) VALUES (4, 'road.lamp', '420102', 10);
SELECT leads() AS deeper_area;
INSERT INTO responsibility (id, category, area, grade, org) VALUES (5, 'road.lamp', '420102', 'B', 12);
SELECT leads() AS of_b, leads('C') AS of_c;
INSERT INTO responsibility (id, category, area, org, valid, ruling)
	VALUES (6, 'road.lamp', '420102001', 52, '[2026-04-01 00:00+08,2026-05-01 00:00+08)', NULL),
	       (7, 'road.lamp', '420102001', 51, '[2026-05-01 00:00+08,)', 5);
SELECT at, leads(at => at)
  FROM unnest('{-infinity,2026-03-31 23:59:59.999999+08,2026-04-01 00:00+08,2026-04-30 23:59:59.999999+08,2026-05-01 00:00+08,infinity}'::timestamptz[]) AS at;
-- bounds the other way round; a period of one moment
INSERT INTO responsibility (id, category, area, org, valid)
	VALUES (8, 'road.hole', '4201', 50, '(2026-04-01 00:00+08,2026-05-01 00:00+08]'),
	       (9, 'road.hole', '4201', 51, '[2026-06-01 00:00+08,2026-06-01 00:00+08]');
SELECT at, leads(at => at, category => 'road.hole', area => '4201')
  FROM unnest('{2026-04-01 00:00+08,2026-04-01 00:00:00.000001+08,2026-05-01 00:00+08,2026-05-01 00:00:00.000001+08,2026-06-01 00:00+08,2026-06-01 00:00:00.000001+08}'::timestamptz[]) AS at;
-- two leads of one category, area, grade and time are refused
INSERT INTO responsibility (id, category, area, org) VALUES (19, 'road', '4201', 51);

-- kinds: nearest above the area, at a level, by jurisdiction, none
INSERT INTO responsibility (id, category, area, kind, at_level) VALUES
	(20, 'noise', '4201', 'urban', NULL),
	(21, 'water', '4201', 'water', NULL),
	(22, 'water.leak', '420102', 'urban', 'district'),
	(23, 'water.leak', '420111', 'urban', 'district'),
	(24, 'water.leak', '420102001', 'urban', 'community');
SELECT category, area, at::date, leads('B', area, category, at)
  FROM unnest('{noise,water,water.leak}'::ltree[]) AS category,
       unnest('{4201,420102,420102001001,420111079001}'::areacode[]) AS area,
       unnest('{2026-06-01,2026-08-01}'::timestamptz[]) AS at
 WHERE at < '2026-07-01' OR area = '420111079001';

-- an inactive org never leads, nor an org of a kind that is
BEGIN;
UPDATE org SET active = false WHERE id IN (51, 61);
SELECT leads() AS not_7, leads(category => 'noise', area => '420102') AS not_51,
       leads(category => 'water', area => '420111') AS nobody_of_the_kind;
UPDATE org SET active = false;
SELECT leads() AS nobody_at_all;
SELECT * FROM explain_responsibility('noise', '420102', 'B');
ROLLBACK;

-- recused: the org that the matter is about, and what is below it
SELECT subject, leads(subject => subject), leads(category => 'noise', subject => subject) AS noise
  FROM unnest('{51,10,11,12,1,60,70}'::bigint[]) AS subject;
-- nobody above may lead in the area: up the line of the recused
BEGIN;
DELETE FROM responsibility;
UPDATE org SET superior = NULL WHERE id = 20;
UPDATE org SET superior = 20 WHERE id = 1;
SELECT leads(subject => 1), * FROM explain_responsibility('noise', '420102', 'B', subject_org => 1);
-- in a cycle everybody is below everybody
SET LOCAL session_replication_role = replica;
UPDATE org SET superior = 1 WHERE id = 20;
SELECT leads(subject => 1) AS nobody;
ROLLBACK;
SELECT responsible_org('road', '4201', 'A', subject_org => 999);

-- NULLs
SELECT responsible_org(NULL, '420102001', 'B') AS no_category,
       responsible_org('road', NULL, 'B') IS NULL AS area,
       responsible_org('road', '4201', NULL) IS NULL AS grade,
       responsible_org('road', '4201', 'B', NULL) IS NULL AS at,
       assisting_orgs(NULL, '420102001', 'B') AS assisting,
       assisting_orgs('road', NULL, 'B') IS NULL AS assisting_area,
       (SELECT count(*) FROM explain_responsibility('road', NULL, 'B')) AS rows;
SELECT * FROM explain_responsibility(NULL, '420102001', 'B');
SELECT * FROM responsible_rule('road', NULL, 'B');
-- a rule for everything does not answer what has no category
BEGIN;
INSERT INTO category (path, name) VALUES ('', 'everything');
INSERT INTO responsibility (id, category, area, org) VALUES (90, '', '4201', 70);
SELECT leads(category => 'unheard.of') AS root, leads(category => NULL) AS none;
ROLLBACK;

-- who assists
INSERT INTO responsibility (id, category, area, grade, org, kind, at_level, role, valid, ruling) VALUES
	(40, 'road.lamp', '420102001', NULL, 70, NULL, NULL, 'assist', '(,)', 5),
	(41, 'road', '4201', NULL, 50, NULL, NULL, 'assist', '(,)', NULL),
	(42, 'road', '4201', 'B', NULL, 'urban', 'street', 'assist', '(,)', NULL),
	(43, 'road.lamp', '420102', NULL, 70, NULL, NULL, 'assist', '(,)', NULL),
	(44, 'road.lamp', '420102', NULL, 51, NULL, NULL, 'assist', '(,)', NULL),
	(45, 'road.lamp', '420102', NULL, 80, NULL, NULL, 'assist', '(,)', NULL),
	(46, 'road.lamp', '420102', 'C', 12, NULL, NULL, 'assist', '(,)', NULL),
	(47, 'road.lamp', '420102', NULL, 60, NULL, NULL, 'assist', '(,2026-01-01 00:00+08)', NULL),
	(48, 'road.lamp', '420102', NULL, NULL, 'water', 'street', 'assist', '(,)', NULL),
	(49, 'road.lamp', '420111', NULL, 61, NULL, NULL, 'assist', '(,)', NULL);
SELECT assisting_orgs('road.lamp.dark', '420102001001', 'B', '2026-06-01') AS b,
       assisting_orgs('road.lamp.dark', '420102001001', 'C', '2025-06-01') AS c,
       assisting_orgs('road.lamp.dark', '420102001001', 'B', '2026-06-01', 50) AS not_50,
       assisting_orgs('road.lamp.dark', '420102001001', 'B', '2026-06-01', 10) AS not_below_10,
       assisting_orgs('noise', '420102001001', 'B') AS none;

-- the proofs
SELECT * FROM explain_responsibility('road.lamp.dark', '420102001001', 'B', '2026-06-01 12:00+08');
SELECT * FROM explain_responsibility('road.lamp.dark', '420102001001', 'C', '2026-03-01 12:00+08', 10);
SELECT * FROM explain_responsibility('road.hole', '4201', 'D', '2026-06-01 00:00+08');
SELECT * FROM explain_responsibility('water.leak', '420111079001', 'C', '2026-08-01');
SELECT * FROM explain_responsibility('water.leak', '420102001001', 'B');
SELECT * FROM explain_responsibility('unheard.of', '420111079', 'C', '2026-08-01');
SELECT * FROM explain_responsibility('unheard.of', '31', 'C');

-- holes
SELECT * FROM uncovered();
SELECT * FROM uncovered('420111');
BEGIN;
INSERT INTO area (code, name, until) VALUES ('420199', 'gone', '2020-01-01');
INSERT INTO area (code, name) VALUES ('4419', 'Dongguan');
INSERT INTO responsibility (id, category, area, grade, org) VALUES
	(91, 'noise', '4419', 'A', 1), (92, 'noise', '4419', 'D', 1), (93, 'heat', '420102001', NULL, 11);
SELECT * FROM uncovered();
SELECT * FROM uncovered(at => '2019-12-01') WHERE area_name = 'gone';
ROLLBACK;
SELECT count(*) FROM uncovered(NULL);

-- what nobody owns
INSERT INTO channel (code, name) VALUES ('12345', 'hotline');
INSERT INTO complaint (district_id, id, channel, nature, title, area, category, grade,
	command_level, received_at, returned, principal_id, last_event_at)
SELECT 420102, 420102000000000000 + n, '12345', nature, 't', area::areacode, category::ltree, 'B',
	'street', '2026-05-01 00:00+08'::timestamptz + n * interval '1 day', returned, principal, now()
  FROM (VALUES
	(1, 'complaint', '420102001', 'noise', 0, NULL::bigint),
	(2, 'complaint', '420102001', 'noise', 0, NULL),
	(3, 'complaint', '420102', 'noise', 2, NULL),
	(4, 'complaint', '420102001', 'road', 0, NULL),
	(5, 'consult', '420102001', 'water', 0, NULL),
	(6, 'complaint', '420111079', 'noise', 0, NULL),
	(7, 'complaint', '420102001', NULL, 0, NULL),
	(8, 'complaint', '420102001', 'noise', 1, 420102000000000001),
	(9, 'complaint', '420102001', 'road.hole', 0, NULL))
	AS v (n, nature, area, category, returned, principal);
INSERT INTO task (district_id, complaint_id, area, seq, org, role, responsibility, ruling, sent_at)
SELECT 420102, 420102000000000000 + n, '420102', seq, 11, role::task_role, rule, ruling, now()
  FROM (VALUES (1, 1, 'lead', NULL::bigint, NULL::bigint), (2, 1, 'lead', 20, NULL),
	(3, 1, 'lead', 20, NULL), (4, 1, 'lead', 1, NULL), (4, 2, 'assist', NULL, NULL),
	(4, 3, 'lead', NULL, NULL), (6, 1, 'lead', NULL, NULL), (7, 1, 'lead', NULL, NULL),
	(9, 1, 'lead', NULL, 5)) AS v (n, seq, role, rule, ruling);
SELECT * FROM unowned('420102', '2026-05-01');
SELECT * FROM unowned('4201', '2026-05-03');
SELECT * FROM unowned('4201', '2027-01-01');
SELECT * FROM unowned(NULL, '2026-05-03');

-- compressed and short categories are read in place
CREATE TEMP TABLE long_path (path ltree);
INSERT INTO long_path SELECT text2ltree('road.lamp.' || string_agg('x' || n % 3, '.'))
  FROM generate_series(1, 2000) AS n;
INSERT INTO long_path VALUES ('road.lamp.dark'), ('road.lampe'), ('Road.lamp'), ('');
SELECT nlevel(path), leads(category => path) FROM long_path;

-- in a parallel worker; 16 gave the setting another name
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SELECT responsible_org('road', '420102001', 'B', '2026-06-01') AS org;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null

SET client_min_messages = error;
DROP SCHEMA peoplecall CASCADE;
