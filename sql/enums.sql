-- enums: the labels of C and of SQL, and what the session keeps of them
SET client_min_messages = warning;
\set main :DBNAME
CREATE DATABASE peoplecall_enums;
\c peoplecall_enums
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;

-- every level has its label, in the same place
SELECT l AS level, peoplecall.level(c) = l AS same
  FROM unnest(enum_range(NULL::peoplecall.area_level)) WITH ORDINALITY AS e (l, i)
  LEFT JOIN unnest(ARRAY['0', '42', '4201', '420102', '420102003',
	'420102003005', '420102003005007']::peoplecall.areacode[])
	WITH ORDINALITY AS a (c, i) USING (i)
 ORDER BY i;

-- the extension dropped and made again in one session
DROP EXTENSION peoplecall;
CREATE EXTENSION peoplecall;
SELECT peoplecall.level('42'), peoplecall.ancestor('420102', 'city'),
	peoplecall.command_level('B');

-- a label that somebody adds has no meaning, and shifts none
ALTER TYPE peoplecall.area_level ADD VALUE 'county' BEFORE 'province';
SELECT peoplecall.level('42'), peoplecall.ancestor('420102', 'city');
SELECT peoplecall.ancestor('420102', 'county');

-- one that is missing is reported by name
ALTER TYPE peoplecall.area_level RENAME VALUE 'street' TO 'town';
SELECT peoplecall.level('42');
ALTER TYPE peoplecall.area_level RENAME VALUE 'town' TO 'street';
SELECT peoplecall.level('420102003');

-- nor does a rolled back one leave anything behind
BEGIN;
DROP EXTENSION peoplecall;
CREATE EXTENSION peoplecall;
SELECT peoplecall.level('420102003');
ROLLBACK;
SELECT peoplecall.level('420102003');

\c :main
DROP DATABASE peoplecall_enums;
