-- Attacks by what outlives a call or looks as its caller: cursors, functions that
-- read as whoever calls them, names of columns and roles, statistics, and what a
-- hostile owner may never make.
\set QUIET on
\pset fieldsep '\n'
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
\ir ../fixture/attacker.sql
SELECT * FROM no_plan();

--
-- Cursors. One that code of the owner's opens in a verb is closed with it: the
-- caller would fetch from it as himself.
--
SELECT is(a.state, '34000', 'a cursor that a trigger left: there is none'), is(a.ran_as, NULL, 'and nothing ran')
  FROM pg_temp.attacked('postgres', 'CREATE FUNCTION evil.leave() RETURNS trigger LANGUAGE plpgsql AS $x$
	BEGIN
		EXECUTE ''DECLARE left_open CURSOR FOR SELECT evil.spy(''''cursor'''')'';
		RETURN NEW;
	END $x$;
	CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.leave()',
	'DO $x$ BEGIN PERFORM peoplecall.accept(420106000000000001); EXECUTE ''MOVE 1 FROM left_open''; END $x$') AS a;
SELECT is(a.state, '34000', 'nor one by a variable'), is(a.ran_as, NULL, 'and nothing ran')
  FROM pg_temp.attacked('postgres', 'CREATE FUNCTION evil.leave() RETURNS trigger LANGUAGE plpgsql AS $x$
	DECLARE r refcursor := ''left_open'';
	BEGIN
		OPEN r FOR EXECUTE ''SELECT evil.spy(''''cursor'''')'';
		RETURN NEW;
	END $x$;
	CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.leave()',
	'DO $x$ BEGIN PERFORM peoplecall.accept(420106000000000001); EXECUTE ''MOVE 1 FROM left_open''; END $x$') AS a;
-- and those of the caller are not the owner's to read, move or close
CREATE TABLE public.secret (t text);
INSERT INTO public.secret VALUES ('secret 1'), ('secret 2'), ('secret 3');
SET LOCAL ROLE evil;
CREATE TABLE evil.read (t text);
CREATE FUNCTION evil.fetch() RETURNS trigger LANGUAGE plpgsql AS $x$
DECLARE
	r refcursor;
	row text;
BEGIN
	FOREACH row IN ARRAY ARRAY['mine', '<unnamed portal 1>', '<unnamed portal 2>', '<unnamed portal 3>', '<unnamed portal 4>'] LOOP
		r := row;
		BEGIN
			FETCH r INTO row;
			INSERT INTO evil.read VALUES (row);
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO evil.read VALUES (SQLSTATE);
		END;
		BEGIN
			CLOSE r;
			INSERT INTO evil.read VALUES ('closed');
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
	RETURN NEW;
END $x$;
RESET ROLE;
CREATE FUNCTION pg_temp.fetched(what text, hung boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	IF hung THEN
		CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.fetch();
	END IF;
	EXECUTE what;
	SELECT string_agg(DISTINCT r.t, ' ') INTO answer FROM evil.read AS r WHERE r.t ~ 'secret|closed';
	RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = coalesce(answer, 'nothing');
EXCEPTION
	WHEN SQLSTATE 'ZZ001' THEN
		RETURN SQLERRM;
	WHEN OTHERS THEN
		RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
\set loop 'DO $x$ DECLARE s text; n int := 0; BEGIN FOR s IN SELECT x.t FROM public.secret AS x LOOP n := n + 1; %s END LOOP; ASSERT n = 3, n; END $x$'
\set named 'DO $x$ DECLARE mine CURSOR FOR SELECT x.t FROM public.secret AS x; s text; n int := 0; r refcursor := ''mine''; BEGIN OPEN r FOR SELECT x.t FROM public.secret AS x; FETCH r INTO s; %s FETCH r INTO s; ASSERT s = ''secret 2'', s; CLOSE r; END $x$'
SELECT is(pg_temp.fetched(format(c.how, c.verb), true), c.expected, c.name)
  FROM (VALUES ('a caller''s loop', :'loop', 'PERFORM peoplecall.report(420106000000000001, ''n'', 1);', 'nothing'),
	('a caller''s cursor', :'named', 'PERFORM peoplecall.report(420106000000000001, ''n'', 1);', 'nothing'),
	('one over an error of a verb', :'named', 'BEGIN PERFORM peoplecall.report(420106000000000001, ''n'', 99); EXCEPTION WHEN SQLSTATE ''PC005'' THEN NULL; END;', 'nothing'),
	('one over verbs of several kinds', :'named', 'BEGIN PERFORM peoplecall.accept(420106000000000001); PERFORM peoplecall.accept(420106000000000001); EXCEPTION WHEN SQLSTATE ''PC001'' THEN NULL; END;', 'nothing')) AS c (name, how, verb, expected);
-- the same code in a superuser's own INSERT has its way: these tests can fail
SELECT is(pg_temp.fetched(format(:'named', 'INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor) VALUES (420106, 420106000000000001, ''420106012001'', 99, now(), ''x'', ''x'');'), true) ~ 'secret|cursor', true,
	'by hand he reads it, or breaks it');
DECLARE over_verbs CURSOR FOR SELECT r.state FROM generate_series(1, 3) AS n CROSS JOIN LATERAL peoplecall.report(420106000000000001, 'n' || n, 1) AS r;
DECLARE beside CURSOR FOR SELECT t FROM public.secret;
MOVE 1 FROM beside;
FETCH 1 FROM over_verbs \g /dev/null
FETCH 1 FROM beside \gset
SELECT is(:'t'::text, 'secret 2', 'a cursor goes on beside one that runs verbs');
MOVE ALL FROM over_verbs;
SELECT is((SELECT count(*) FROM peoplecall.event WHERE verb = 'report'), 3::bigint, 'which did its work');
CLOSE ALL;

--
-- Functions that read as their caller: a view in the place of a table is refused
-- to whoever is not its owner, by each of them and for each table.
--
CREATE TEMPORARY TABLE reader (call text);
INSERT INTO reader VALUES ('SELECT * FROM peoplecall.check_ledger()'), ('SELECT * FROM peoplecall.verify_history()'), ('SELECT * FROM peoplecall.history_anchor()'),
	('SELECT * FROM peoplecall.check_posts()'), ('SELECT * FROM peoplecall.uncovered(''4201'', now())'), ('SELECT * FROM peoplecall.unowned(''4201'', now())'),
	('SELECT * FROM peoplecall.request_counts(''2019-01-01'', ''2030-01-01'', ''4201'')'), ('SELECT * FROM peoplecall.attendance(''2019-01-01'', ''2030-01-01'', ''4201'')'),
	('SELECT * FROM peoplecall.overdue_shares(''2019-01-01'', ''2030-01-01'', ''4201'')'), ('SELECT * FROM peoplecall.hot_matters(''4201'', now())'),
	('SELECT * FROM peoplecall.similar_complaints(''路灯'', ''不亮'', ''420106012001'')'), ('SELECT * FROM peoplecall.match_needs(''4201'')'), ('SELECT * FROM peoplecall.list_counts(''4201'')');
SELECT is(a.state, 'ok', 'as it should be: ' || r.call) FROM reader AS r CROSS JOIN LATERAL pg_temp.attacked('postgres', 'SELECT 1', r.call) AS a;
SELECT is(a.state, '42501', 'org is a view: ' || r.call), is(a.ran_as, NULL, 'and nothing ran')
  FROM reader AS r CROSS JOIN LATERAL pg_temp.attacked('postgres', 'ALTER TABLE peoplecall.org RENAME TO mine;
	CREATE VIEW peoplecall.org AS SELECT m.* FROM peoplecall.mine AS m WHERE evil.spy(''view'')', r.call) AS a;
SELECT is(string_agg(format('%s: %s, as %s', c.relname, a.state, a.ran_as), ', ') FILTER (WHERE a.state <> '42501' OR a.ran_as IS NOT NULL), NULL, 'whichever table is a view')
  FROM pg_class AS c
 CROSS JOIN LATERAL pg_temp.attacked('postgres', format('ALTER TABLE peoplecall.%1$I RENAME TO mine;
	CREATE VIEW peoplecall.%1$I AS SELECT m.* FROM peoplecall.mine AS m WHERE evil.spy(''view'')', c.relname), 'SELECT * FROM peoplecall.check_ledger()') AS a
 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition;
SELECT is(a.state, 'ok', 'the owner himself may'), is(a.ran_as, 'evil', 'as himself'), is(a.got, NULL, 'and gets nothing')
  FROM pg_temp.attacked('evil', 'ALTER TABLE peoplecall.setting RENAME TO mine;
	CREATE VIEW peoplecall.setting AS SELECT m.* FROM peoplecall.mine AS m WHERE evil.spy(''view'')', 'SELECT * FROM peoplecall.check_ledger()') AS a;

--
-- Names that are statements: columns of the city's, in what copies and erases
-- whole rows.
--
SELECT peoplecall.appoint('clerk', 'personal', 1) \g /dev/null
SELECT is(a.state, 'ok', r.call || ' over a column with such a name'), is(a.ran_as, NULL, 'and nothing of it ran')
  FROM (VALUES ('SELECT peoplecall.forget_reporter(420106000000000001, true)'), ('SELECT peoplecall.transfer(420106000000000001, ''420102017020'', ''r'')')) AS r (call)
 CROSS JOIN LATERAL pg_temp.attacked('clerk', 'ALTER TABLE peoplecall.complaint ADD COLUMN "x"" = evil.spy(''''x'''')::text --" text; ALTER TABLE peoplecall.supplement ADD COLUMN "'' || evil.spy(''''y'''') || ''" text;
	INSERT INTO peoplecall.reporter (district_id, complaint_id, area, name, phone) VALUES (420106, 420106000000000001, ''420106012001'', ''x.*(+['', ''12345'')', r.call) AS a;
SELECT is(a.state, 'ok', 'a name of a million characters'), is(a.changed, NULL, 'leaves nothing')
  FROM pg_temp.attacked('clerk', 'INSERT INTO peoplecall.reporter (district_id, complaint_id, area, name, phone) VALUES (420106, 420106000000000001, ''420106012001'', repeat(''(a'', 500000), repeat(''1'', 1000000))',
	'SELECT peoplecall.report(420106000000000001, repeat(''(a'', 500000), 1), peoplecall.forget_reporter(420106000000000001)') AS a;

--
-- What a reader's rights let him see of the others' rows by other ways.
--
SELECT peoplecall.submit('hotline', '江岸的事', '', '420102017020', 'city.facility'::ltree) \g /dev/null
CREATE ROLE peeper;
SELECT peoplecall.appoint('peeper', 'read', 12) \g /dev/null
CREATE FUNCTION pg_temp.says(who name, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	BEGIN
		EXECUTE what INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE;
	END;
	RESET ROLE;
	SET LOCAL row_security = on;
	RETURN answer;
END
$$;
ANALYZE peoplecall.complaint;
SELECT is(pg_temp.says('peeper', q.what), q.expected, q.what)
  FROM (VALUES ('SELECT count(*) FROM peoplecall.complaint', '1'),
	('SELECT count(*) FROM pg_stats WHERE schemaname = ''peoplecall'' AND tablename IN (''complaint'', ''task'', ''event'', ''reporter'')', '0'),
	('SELECT count(*) FROM pg_statistic', '42501'),
	('SELECT 1 FROM peoplecall.complaint FOR UPDATE', '42501'), ('SELECT 1 FROM peoplecall.complaint FOR SHARE', '42501'),
	('LOCK TABLE peoplecall.complaint IN ROW SHARE MODE', '42501'),
	('SELECT count(*) FROM peoplecall.complaint TABLESAMPLE SYSTEM (100)', '1'),
	('SELECT count(*) FROM (SELECT c FROM peoplecall.complaint AS c) AS x', '1'),
	('SELECT count(*) FROM peoplecall.complaint AS c WHERE c.ctid IS NOT NULL', '1'),
	('SELECT count(*) FROM generate_series(0, 20) AS n JOIN peoplecall.complaint AS c ON c.ctid = format(''(0,%s)'', n)::tid', '1'),
	('SELECT count(*) FROM (SELECT set_config(''row_security'', ''off'', true)) AS s, peoplecall.complaint', '1'),
	('SELECT count(*) FROM ONLY peoplecall.complaint', '1'),
	('SELECT query_to_xml(''SELECT count(*) AS n FROM peoplecall.complaint'', false, false, '''')::text ~ ''<n>1</n>''', 'true'),
	('SELECT count(*) FROM peoplecall.track_key', '42501'), ('SELECT count(*) FROM peoplecall.intake_key', '42501'),
	('CREATE STATISTICS public.s ON area, title FROM peoplecall.complaint', '42501'),
	('CREATE INDEX ON peoplecall.complaint (title)', '42501'), ('CREATE POLICY p ON peoplecall.complaint USING (true)', '42501'),
	('ALTER TABLE peoplecall.complaint DISABLE ROW LEVEL SECURITY', '42501'),
	('CREATE RULE r AS ON SELECT TO peoplecall.board DO INSTEAD SELECT 1', '42501')) AS q (what, expected);
SET LOCAL row_security = off;
SELECT is(pg_temp.says('peeper', 'SELECT count(*) FROM peoplecall.complaint'), '42501', 'without policies nothing is read');
RESET row_security;
SELECT is((SELECT string_agg(DISTINCT c.relname, ' ') FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND a.grantee = 'peeper'::regrole AND (a.is_grantable OR a.privilege_type <> 'SELECT')), NULL, 'a post brings SELECT alone, and not to hand on');
-- a row policy that is asked for a row is not asked after the reader's own function
CREATE FUNCTION public.cheap(title text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN IF title ~ '江岸' THEN RAISE SQLSTATE 'TATTL'; END IF; RETURN true; END $$;
CREATE OPERATOR public.?? (RIGHTARG = text, FUNCTION = public.cheap);
SELECT is(pg_temp.says('peeper', q.what), '1', q.what)
  FROM (VALUES ('SELECT count(*) FROM peoplecall.complaint WHERE public.cheap(title)'), ('SELECT count(*) FROM peoplecall.board WHERE public.cheap(title)'),
	('SELECT count(*) FROM peoplecall.complaint WHERE OPERATOR(public.??) title'),
	('SELECT count(*) FROM (SELECT DISTINCT ON (public.cheap(title)) * FROM peoplecall.complaint OFFSET 0) AS x'),
	('SELECT count(*) FROM peoplecall.complaint AS c JOIN peoplecall.area AS a ON public.cheap(c.title) AND a.code OPERATOR(peoplecall.=) c.area'),
	('SELECT count(*) FROM peoplecall.complaint AS c WHERE EXISTS (SELECT FROM peoplecall.task AS t WHERE t.complaint_id = c.id AND public.cheap(c.title))'),
	('SELECT count(*) FROM peoplecall.complaint WHERE CASE WHEN public.cheap(title) THEN true END')) AS q (what);

SELECT * FROM finish();
ROLLBACK;
