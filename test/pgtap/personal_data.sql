-- Personal data stays where it is kept: not in an event, not in what a message
-- is made of, not in an error. Every verb is made to fail in as many ways as its
-- arguments allow, with a person in every text that it takes; what the errors
-- say, with their detail, hint and context, is searched for him.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SELECT FROM pg_temp.at('2019-12-05 09:00') \g /dev/null
\set marker '钱验孙|1007771'

-- Something of each kind for the verbs to be about.
SELECT complaint_id AS a FROM peoplecall.submit('hotline', '钱验孙1', '钱验孙', '420106012001', 'police.noise', reporter_name => '钱验孙', reporter_phone => '10077712345', address => '钱验孙', external_id => '10077712345') \gset
SELECT complaint_id AS b FROM peoplecall.submit('hotline', '钱验孙2', '钱验孙', '420106012001', 'consult', 'consult', reporter_name => '钱验孙', reporter_phone => '10077712345') \gset
SELECT peoplecall.convene('{33}', '{钱验孙}', :a) AS m \gset
SELECT peoplecall.publish('wish', '钱验孙', '420106012001', org => 22, resident_name => '钱验孙', resident_phone => '10077712345') AS l \gset
SELECT peoplecall.register_volunteer('resident', '钱验孙', '420106012001', phone => '10077712345') AS v \gset

-- What an argument may be: what fits, and what does not. The texts in which a
-- person may be written have him always.
CREATE FUNCTION pg_temp.tried(argument text, type text) RETURNS text[] LANGUAGE sql AS $$
	SELECT (CASE
		WHEN argument IN ('reporter_phone', 'resident_phone', 'phone') THEN '{10077712345}'
		WHEN argument IN ('title', 'body', 'reporter_name', 'resident_name', 'name', 'address', 'note', 'reason', 'result', 'comment', 'remark', 'minutes',
			'conclusion', 'answer', 'text', 'plan', 'evidence', 'agenda', 'place', 'matter', 'destination', 'outsider', 'document_no', 'error', 'external_id', 'uri', 'code')
		THEN CASE WHEN type = 'name' THEN '{gate_other,nobody}' ELSE '{"钱验孙 10077712345"}' END
		WHEN argument = 'channel' THEN '{hotline,nowhere,NULL}'
		WHEN argument = 'nature' THEN '{consult,x,NULL}'
		WHEN argument = 'kind' AND type = 'text' THEN '{wish,resident,x,NULL}'
		WHEN argument = 'kind' THEN '{exclude,extend}'
		WHEN argument = 'stage' THEN '{report,x}'
		WHEN argument = 'outcome' THEN '{reached,x}'
		WHEN type = 'text[]' THEN '{"{钱验孙}"}'
		WHEN argument = 'complaint' OR argument IN ('into', 'principal') THEN '{@a,@b,420106000000999999,NULL,-1}'
		WHEN argument IN ('coordination') THEN '{@m,1,NULL}'
		WHEN argument = 'listing' THEN '{@l,1,NULL}'
		WHEN argument = 'volunteer' THEN '{@v,1,NULL}'
		WHEN type = 'peoplecall.areacode' THEN '{420106012001,99,NULL}'
		WHEN type IN ('bigint', 'integer') THEN '{1,33,-1,99999999,NULL}'
		WHEN type = 'boolean' THEN '{t,NULL}'
		WHEN type = 'bytea' THEN '{"\\\\x00",NULL}'
		WHEN type IN ('timestamp with time zone', 'date') THEN '{2019-12-01 00:00,infinity,NULL}'
		WHEN type = 'interval' THEN '{-1s}'
		WHEN type = 'ltree' THEN '{police.noise,no.such,NULL}'
		WHEN type = 'bigint[]' THEN '{"{33}","{NULL,-1}",NULL}'
		WHEN type = 'peoplecall.timelimit' THEN '{1wd,NULL}'
		ELSE '{NULL}' END)::text[]
$$;
-- Every call: one argument after the other takes each of its values, the others
-- keep their first.
CREATE TEMPORARY TABLE call AS
WITH argument AS (
	SELECT p.oid, p.proname, a.place, n.name, format_type(a.type, NULL) AS type,
	       pg_temp.tried(n.name, format_type(a.type, NULL)) AS tried
	  FROM pg_proc AS p
	 CROSS JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
	 CROSS JOIN LATERAL (SELECT p.proargnames[a.place] AS name) AS n
	 WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prosrc = 'pc_verb')
SELECT DISTINCT g.proname, format('SELECT * FROM peoplecall.%I(%s)', g.proname, (
	SELECT string_agg(coalesce(quote_literal(nullif(CASE o.place WHEN g.place THEN t.value ELSE o.tried[1] END, 'NULL')), 'NULL') || '::' || o.type, ', ' ORDER BY o.place)
	  FROM argument AS o WHERE o.oid = g.oid)) AS statement
  FROM argument AS g CROSS JOIN unnest(g.tried) AS t (value);
UPDATE call SET statement = replace(replace(replace(replace(replace(statement, '@a', :'a'), '@b', :'b'), '@m', :'m'), '@l', :'l'), '@v', :'v');
CREATE FUNCTION pg_temp.error_of(statement text, OUT state text, OUT said text) LANGUAGE plpgsql AS $$
DECLARE
	m text; d text; h text; c text; t text; k text;
BEGIN
	EXECUTE statement;
	RAISE SQLSTATE 'ALLOW';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = PG_EXCEPTION_CONTEXT, t = TABLE_NAME, k = CONSTRAINT_NAME;
	state := SQLSTATE;
	-- our own EXECUTE is in the context, with what was passed
	said := concat_ws(' / ', m, d, h, replace(c, statement, ''), t, k);
END
$$;
CREATE TEMPORARY TABLE failed AS SELECT c.proname, c.statement, e.* FROM call AS c CROSS JOIN LATERAL pg_temp.error_of(c.statement) AS e;
SELECT cmp_ok((SELECT count(*) FROM failed WHERE state <> 'ALLOW'), '>', 300::bigint, 'verbs failed in many ways');
SELECT cmp_ok((SELECT count(DISTINCT state) FROM failed), '>', 8::bigint, 'by many errors');
SELECT cmp_ok((SELECT count(*) FROM failed WHERE state = 'ALLOW'), '>', 50::bigint, 'and some worked');
SELECT is_empty(format($$SELECT proname, state, said FROM failed WHERE said ~ %L$$, :'marker'), 'no error of any verb tells who it is about');
SELECT is_empty($$SELECT proname, state, said FROM failed WHERE state LIKE 'XX%' OR state IN ('42703', '42883', '42P01', '42601')$$, 'nor is any of them a mistake of ours');

-- A city's own constraints: PostgreSQL prints the row that breaks one.
ALTER TABLE peoplecall.reporter ADD CONSTRAINT city_phone CHECK (phone ~ '^1[3-9]') NOT VALID;
ALTER TABLE peoplecall.complaint ADD CONSTRAINT city_title CHECK (length(title) < 12) NOT VALID;
CREATE UNIQUE INDEX city_once ON peoplecall.listing_resident (district_id, name, phone);
ALTER TABLE peoplecall.supplement ADD CONSTRAINT city_body CHECK (body !~ '钱') NOT VALID;
ALTER TABLE peoplecall.volunteer_person ALTER phone SET NOT NULL;
SELECT is(e.state, c.state, format('a constraint of the city''s refuses %s', c.call)), is(e.said ~ :'marker', false, 'and tells of nobody'),
       matches(e.said, 'The row is not shown', 'but that it does not'), matches(e.said, c.names, 'and which one it was')
  FROM (VALUES ('submit(''hotline'', ''x'', '''', ''420106012001'', reporter_name => ''钱验孙'', reporter_phone => ''10077712345'')', '23514', 'city_phone'),
	('submit(''hotline'', ''钱验孙钱验孙钱验孙钱验孙'', '''', ''420106012001'')', '23514', 'city_title'),
	('publish(''wish'', ''x'', ''420106012001'', org => 22, resident_name => ''钱验孙'', resident_phone => ''10077712345'')', '23505', 'city_once'),
	(format('supplement(%s, ''钱验孙'')', :a), '23514', 'city_body'),
	('register_volunteer(''resident'', ''钱验孙乙'', ''420106012001'')', '23502', 'volunteer_person')) AS c (call, state, names)
 CROSS JOIN LATERAL pg_temp.error_of('SELECT * FROM peoplecall.' || c.call) AS e;
ALTER TABLE peoplecall.reporter DROP CONSTRAINT city_phone;
-- which one is missing is still told
ALTER TABLE peoplecall.complaint ADD COLUMN city_desk text;
ALTER TABLE peoplecall.complaint ALTER city_desk SET DEFAULT 'nowhere', ADD FOREIGN KEY (city_desk) REFERENCES peoplecall.channel;
SELECT matches(e.said, 'Key .city_desk.=.nowhere. is not present', 'a foreign key of the city''s is')
  FROM pg_temp.error_of('SELECT * FROM peoplecall.submit(''hotline'', ''x'', '''', ''420106012001'')') AS e;

-- What messages are made of, and the log of what became of them.
SELECT is((SELECT string_agg(DISTINCT n.template, ' ') FROM peoplecall.notice AS n WHERE n.phone ~ :'marker' OR n.error ~ :'marker' OR n.key ~ :'marker'), NULL, 'no message holds his number');
SELECT is((SELECT string_agg(x.k, ' ') FROM jsonb_each_text(peoplecall.notice_fields(420106, :a) || peoplecall.reporter_fields(420106, :a)) AS x (k, v) WHERE x.k <> 'title' AND x.v ~ :'marker'), NULL,
	'the fields of messages hold what he called it, and nothing else of his');
SELECT is((SELECT string_agg(DISTINCT e.verb, ' ') FROM peoplecall.event AS e WHERE e::text ~ :'marker'), NULL, 'no event');
SELECT is((SELECT string_agg(DISTINCT e.verb, ' ') FROM peoplecall.listing_event AS e WHERE e::text ~ :'marker'), NULL, 'of no listing');

SELECT * FROM finish();
ROLLBACK;
