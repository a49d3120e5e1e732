-- Who commands an area, who is below whom, who covers what.
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = pg_catalog, public;
SET TimeZone = 'Asia/Shanghai';
SET DateStyle = 'ISO, YMD';

-- no ledger yet
\set VERBOSITY sqlstate
SELECT peoplecall.commanding_org('420102', 'district');
SELECT peoplecall.org_covers(1, '420102');
SELECT peoplecall.org_is_below(1, 2);
\set VERBOSITY default

SET client_min_messages = warning;
SELECT peoplecall.create_ledger();
RESET client_min_messages;

-- nothing in it: nobody commands
SELECT peoplecall.commanding_org('420102', 'district');

INSERT INTO peoplecall.area (code, name) VALUES
	('42', 'Hubei'), ('4201', 'Wuhan'),
	('420102', 'Jiang''an'), ('420102001', 'Dazhi'), ('420102001001', 'Dazhi 1'),
	('420102002', 'Yiyuan'), ('420102002001', 'Yiyuan 1'),
	('420111', 'Hongshan'), ('420111001', 'Luonan'), ('420111079', 'Guandong'),
	('420111079001', 'Guandong 1'), ('420111080', 'Fozuling'),
	('420112', 'Dongxihu'),
	('44', 'Guangdong'), ('4419', 'Dongguan'), ('441900003', 'Dongcheng');
INSERT INTO peoplecall.org_kind (kind, name, level, territorial) VALUES
	('province', 'government of a province', 'province', true),
	('city', 'government of a city', 'city', true),
	('district', 'government of a district', 'district', true),
	('street', 'street office', 'street', true),
	('town', 'government of a town', 'street', true),
	('community', 'residents'' committee', 'community', true),
	('bureau', 'department', NULL, false);
INSERT INTO peoplecall.org (id, name, kind, area, superior) VALUES
	(1, 'Wuhan', 'city', '4201', NULL),
	(10, 'Jiang''an', 'district', '420102', 1),
	(11, 'Dazhi', 'street', '420102001', 10),
	(12, 'Dazhi 1', 'community', '420102001001', 11),
	(13, 'Yiyuan', 'street', '420102002', 10),
	(20, 'Hongshan', 'district', '420111', 1),
	(21, 'Luonan', 'street', '420111001', 20),
	(22, 'Guandong', 'street', '420111079', 20),
	(23, 'Guandong 1', 'community', '420111079001', 22),
	(30, 'East Lake High-tech Zone', 'district', '4201', 1),
	(40, 'Dongguan', 'city', '4419', NULL),
	(41, 'Dongcheng', 'street', '441900003', 40),
	(50, 'Urban management, Wuhan', 'bureau', '4201', 1),
	(51, 'Urban management, Jiang''an', 'bureau', '420102', 50),
	(52, 'Urban management, a squad in Dazhi', 'bureau', '420102001', 51);

-- the code tree; what has no org at a level goes to the next above
SELECT area, level, peoplecall.commanding_org(area, level, '2026-06-01 12:00+08') AS org
  FROM unnest('{420102001001,420102002001,420112,420111080,441900003,420102,31,0}'::peoplecall.areacode[]) AS area,
       unnest('{province,city,district,street,community,grid}'::peoplecall.area_level[]) AS level
 ORDER BY area, level;

-- a zone without a code, entered with the city's, holds nothing by that
SELECT peoplecall.org_covers(30, '4201') AS city, peoplecall.org_covers(30, '420111079') AS street;

-- two streets are the zone's from 1 July on, one of them until the end of 2026
INSERT INTO peoplecall.jurisdiction VALUES
	('420111079', 30, '[2026-07-01,)'),
	('420111080', 30, '[2026-07-01,2027-01-01)');
SELECT at, area, peoplecall.commanding_org(area, 'district', at) AS district,
       peoplecall.commanding_org(area, 'street', at) AS street,
       peoplecall.org_covers(30, area, at) AS zone_covers,
       peoplecall.org_covers(20, area, at) AS hongshan_covers
  FROM unnest('{420111001,420111079,420111079001,420111080}'::peoplecall.areacode[]) AS area,
       unnest('{2026-06-30 23:59:59.999999+08,2026-07-01 00:00+08,2026-12-31 23:59:59.999999+08,2027-01-01 00:00+08,-infinity,infinity}'::timestamptz[]) AS at
 ORDER BY area, at;

-- whatever the session's time zone; the setting moves the days
SET TimeZone = 'America/New_York';
SELECT peoplecall.commanding_org('420111079', 'district', '2026-06-30 23:59:59+08') AS before,
       peoplecall.commanding_org('420111079', 'district', '2026-07-01 00:00:00+08') AS after;
BEGIN;
INSERT INTO peoplecall.setting VALUES ('timezone', '"Asia/Urumqi"');
SELECT peoplecall.commanding_org('420111079', 'district', '2026-07-01 01:59:59+08') AS before,
       peoplecall.commanding_org('420111079', 'district', '2026-07-01 02:00:00+08') AS after;
ALTER TABLE peoplecall.setting DISABLE TRIGGER setting_guard;
UPDATE peoplecall.setting SET value = '"Asia/Wuhan"' WHERE name = 'timezone';
\set VERBOSITY sqlstate
SELECT peoplecall.commanding_org('420111079', 'district', '2026-07-01 02:00:00+08');
\set VERBOSITY default
ROLLBACK;
SET TimeZone = 'Asia/Shanghai';

-- the deepest jurisdiction wins: a street given back; bounds no timestamp has
BEGIN;
INSERT INTO peoplecall.jurisdiction VALUES
	('420111', 30, '(,)'), ('420111001', 20, '(,)'),
	('420112', 30, '[-infinity,infinity)'), ('420112', 10, '[5800000-01-01,)');
SELECT area, peoplecall.commanding_org(area, 'district') AS district
  FROM unnest('{420111,420111001,420111079,420112}'::peoplecall.areacode[]) AS area
 ORDER BY area;
ROLLBACK;

-- a jurisdiction of an org that is not active counts no more, and its area
-- goes back; two orgs in one place: the smaller id
BEGIN;
UPDATE peoplecall.org SET active = false WHERE id IN (10, 30);
INSERT INTO peoplecall.org (id, name, kind, area) VALUES (9, 'Yiyuan, again', 'town', '420102002');
SELECT peoplecall.commanding_org('420111079', 'district', '2026-08-01 00:00+08') AS zone,
       peoplecall.commanding_org('420102001', 'district') AS jiangan,
       peoplecall.commanding_org('420102002', 'street') AS yiyuan,
       peoplecall.org_covers(10, '420102001') AS still_covers;
ROLLBACK;

-- a territorial kind alone commands
SELECT peoplecall.commanding_org('420102001', 'street') AS not_52;

-- below: inclusive, along superior; a cycle that slipped past the guard ends
SELECT a, b, peoplecall.org_is_below(a, b)
  FROM (VALUES (12, 1), (12, 11), (12, 12), (11, 12), (12, 13), (52, 1), (12, 20)) AS v (a, b);
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE peoplecall.org SET superior = 12 WHERE id = 10;
SELECT peoplecall.org_is_below(12, 1) AS lost, peoplecall.org_is_below(10, 12) AS inside;
UPDATE peoplecall.org SET superior = 999 WHERE id = 10;
SELECT peoplecall.org_is_below(12, 1) AS dangling;
ROLLBACK;

-- covering
SELECT org, area, peoplecall.org_covers(org, area)
  FROM (VALUES (1, '420102001'), (10, '420102001'), (10, '420102'), (10, '4201'),
               (50, '420111'), (51, '420111'), (40, '441900003')) AS v (org, a),
       LATERAL (SELECT a::peoplecall.areacode AS area) AS c;

-- NULL and refusals
SELECT peoplecall.commanding_org(NULL, 'street') IS NULL AS a,
       peoplecall.commanding_org('4201', NULL) IS NULL AS b,
       peoplecall.commanding_org('4201', 'city', NULL) IS NULL AS c,
       peoplecall.org_covers(NULL, '4201') IS NULL AS d,
       peoplecall.org_is_below(1, NULL) IS NULL AS e;
SELECT peoplecall.org_covers(999, '4201');
SELECT peoplecall.org_is_below(1, 999);

-- a change shows in the next statement of the transaction, a rollback too
BEGIN;
SELECT peoplecall.commanding_org('420112', 'district');
INSERT INTO peoplecall.org (id, name, kind, area) VALUES (60, 'Dongxihu', 'district', '420112');
SELECT peoplecall.commanding_org('420112', 'district');
SAVEPOINT s;
DELETE FROM peoplecall.org WHERE id = 60;
SELECT peoplecall.commanding_org('420112', 'district');
ROLLBACK TO s;
SELECT peoplecall.commanding_org('420112', 'district');
ROLLBACK;
SELECT peoplecall.commanding_org('420112', 'district');
BEGIN;
TRUNCATE peoplecall.jurisdiction;
SELECT peoplecall.commanding_org('420111079', 'district', '2026-08-01 00:00+08');
ROLLBACK;
SELECT peoplecall.commanding_org('420111079', 'district', '2026-08-01 00:00+08');

-- a reader without any right on the tables
CREATE ROLE regress_peoplecall_reader;
SET ROLE regress_peoplecall_reader;
SELECT peoplecall.commanding_org('420102001', 'district');
RESET ROLE;
DROP ROLE regress_peoplecall_reader;

-- categories, through the operators that were bound at install
SELECT peoplecall.category_contains('a.b', 'a.b.c') AS inner_one,
       peoplecall.category_contains('a.b', 'a.b') AS same,
       peoplecall.category_contains('a.b', 'a.bc') AS other,
       peoplecall.category_contains('', 'a') AS root,
       peoplecall.category_is('a.b', 'a.b') AS is_same,
       peoplecall.category_is('a', 'b') AS is_other,
       peoplecall.category_depth('a.b.c') AS depth,
       peoplecall.category_depth('') AS root_depth;
SELECT peoplecall.category_parent('a.b.c'), peoplecall.category_parent('a') AS top,
       peoplecall.category_parent('') IS NULL AS root,
       peoplecall.category_parent(NULL) IS NULL AS none;

SET client_min_messages = error;
DROP SCHEMA peoplecall CASCADE;
