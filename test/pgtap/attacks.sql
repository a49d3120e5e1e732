-- Attacks on the gate: a hostile owner of the ledger, who hangs his code on
-- his tables and waits for a superuser to call a verb; a hostile role with
-- CREATE in public, who shadows names; hostile settings of a caller. What they
-- hang there may run as the ledger's owner, never higher, never longer.
\set QUIET on
\pset fieldsep '\n'
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
\ir ../fixture/attacker.sql
SELECT * FROM no_plan();

-- Outside a verb, the same code run by a superuser has its way: these tests
-- can fail.
SELECT is(a.ran_as, 'postgres', 'by hand, the hostile code is a superuser'), matches(a.got, 'ALTER ROLE evil SUPERUSER', 'and makes its owner one'),
       ok(a.changed IS NOT NULL, 'and leaves settings behind')
  FROM pg_temp.attacked('postgres', 'SELECT 1', 'SELECT evil.spy(''hand'')') AS a;

INSERT INTO peoplecall.jurisdiction (area, org) VALUES ('420106012009', 13);
--
-- A hostile owner. Each thing that he hangs on his tables must have run, as
-- him, without success, without trace.
--
CREATE TEMPORARY TABLE hanging (name text, hang text, call text);
INSERT INTO hanging
SELECT t.name, t.hang, c.call
  FROM (VALUES
	('BEFORE trigger', 'CREATE TRIGGER t BEFORE INSERT OR UPDATE ON peoplecall.%1$s FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''before'')'),
	('AFTER trigger', 'CREATE TRIGGER t AFTER INSERT OR UPDATE ON peoplecall.%1$s FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''after'')'),
	('statement trigger', 'CREATE TRIGGER t AFTER INSERT OR UPDATE ON peoplecall.%1$s EXECUTE FUNCTION evil.spy_trigger(''statement'')'),
	('ALWAYS trigger', 'CREATE TRIGGER t AFTER INSERT OR UPDATE ON peoplecall.%1$s FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''always''); ALTER TABLE peoplecall.%1$s ENABLE ALWAYS TRIGGER t'),
	('constraint trigger', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON peoplecall.%1$s FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''constraint'')'),
	('default', 'ALTER TABLE peoplecall.%1$s ADD COLUMN x boolean; ALTER TABLE peoplecall.%1$s ALTER x SET DEFAULT evil.spy(''default'')'),
	('domain', 'CREATE DOMAIN evil.d AS int CHECK (evil.spy(''domain'') OR VALUE > 0); ALTER TABLE peoplecall.%1$s ADD COLUMN x evil.d; ALTER TABLE peoplecall.%1$s ALTER x SET DEFAULT 1'),
	('generated column', 'ALTER TABLE peoplecall.%1$s ADD COLUMN x boolean GENERATED ALWAYS AS (evil.spy_immutable(''generated'' || left(area::text, 0))) STORED'),
	('check', 'ALTER TABLE peoplecall.%1$s ADD CHECK (evil.spy(''check'' || left(area::text, 0))) NOT VALID'),
	('index', 'CREATE INDEX ON peoplecall.%1$s (evil.spy_immutable(''index'' || left(area::text, 0)))'),
	('rule', 'CREATE RULE r AS ON INSERT TO peoplecall.%1$s DO ALSO SELECT evil.spy(''rule'')'),
	('policy', 'ALTER TABLE peoplecall.%1$s FORCE ROW LEVEL SECURITY; CREATE POLICY p ON peoplecall.%1$s USING (evil.spy(''policy'')); SET LOCAL evil.spares = row_security')) AS t (name, hang)
 CROSS JOIN (VALUES ('event', 'SELECT peoplecall.accept(420106000000000001)')) AS c (on_table, call)
 CROSS JOIN LATERAL (SELECT format(t.hang, c.on_table)) AS h (hang);
UPDATE hanging SET hang = format(hang, 'event');
SELECT is(a.ran_as, 'evil', format('%s by %s: runs as the owner', h.name, r.who)),
       is(a.got, NULL, format('%s by %s: gets nothing', h.name, r.who)),
       is(a.changed, NULL, format('%s by %s: leaves nothing', h.name, r.who)),
       is(a.state, 'ok', format('%s by %s: and the verb does its work', h.name, r.who))
  FROM hanging AS h CROSS JOIN (VALUES ('postgres'::name), ('clerk')) AS r (who)
 CROSS JOIN LATERAL pg_temp.attacked(r.who, h.hang, h.call) AS a;

-- A policy on what the verb reads, and no reading without policies: it is
-- his own ledger that stands still.
SELECT is(a.state, '42501', 'row_security off by a policy: refused, to ' || r.who), is(a.got, NULL, 'gets nothing'), is(a.changed, NULL, 'leaves nothing')
  FROM (VALUES ('postgres'::name), ('clerk')) AS r (who)
 CROSS JOIN LATERAL pg_temp.attacked(r.who, 'ALTER TABLE peoplecall.clock FORCE ROW LEVEL SECURITY; CREATE POLICY p ON peoplecall.clock USING (evil.spy(''policy''))',
	'SELECT peoplecall.accept(420106000000000001)') AS a;

-- A deferred trigger would fire when the identity is the caller's again.
SELECT is(a.state, '42501', 'a deferred trigger is refused, to ' || who), is(a.ran_as, NULL, 'and does not run'), is(a.changed, NULL, 'and nothing is left')
  FROM (VALUES ('postgres'::name), ('clerk')) AS r (who)
 CROSS JOIN LATERAL pg_temp.attacked(who, 'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON peoplecall.event DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''deferred'')', 'SELECT peoplecall.accept(420106000000000001)') AS a;
SELECT is(a.ran_as, 'evil', 'one deferred by its owner''s own code fires as him or not at all'), is(a.got, NULL, 'and gets nothing')
  FROM pg_temp.attacked('postgres', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON peoplecall.event DEFERRABLE INITIALLY IMMEDIATE
	FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''deferrable'');
	CREATE FUNCTION evil.defer() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN SET CONSTRAINTS ALL DEFERRED; RETURN NEW; END'';
	CREATE TRIGGER s BEFORE UPDATE ON peoplecall.task FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''update'')',
	'SELECT peoplecall.accept(420106000000000001)') AS a;
SELECT is(a.state, '42501', 'nor does SET CONSTRAINTS in a trigger help'), is(a.ran_as, NULL, 'and it does not run')
  FROM pg_temp.attacked('postgres', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON peoplecall.event DEFERRABLE INITIALLY IMMEDIATE
	FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''deferrable'');
	CREATE FUNCTION evil.defer() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN SET CONSTRAINTS ALL DEFERRED; RETURN NEW; END'';
	CREATE TRIGGER s BEFORE UPDATE ON peoplecall.task FOR EACH ROW EXECUTE FUNCTION evil.defer()',
	'SELECT peoplecall.accept(420106000000000001)') AS a;
-- a deferrable unique constraint is checked by the same kind of trigger
SELECT is(a.state, '42501', 'nor does a deferred constraint')
  FROM pg_temp.attacked('postgres', 'ALTER TABLE peoplecall.event ADD UNIQUE (complaint_id, seq, at) DEFERRABLE INITIALLY DEFERRED;
	CREATE FUNCTION evil.twice() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN UPDATE peoplecall.event SET seq = seq + 0; SET CONSTRAINTS ALL DEFERRED; NEW.seq := 1; RETURN NEW; END'';
	CREATE TRIGGER s BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''x'');
	ALTER TABLE peoplecall.event DROP CONSTRAINT event_pkey;
	CREATE TRIGGER s2 BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.twice()',
	'SELECT peoplecall.accept(420106000000000001)') AS a;

-- The code fails, in every way: the verb with it, and nothing is left.
SELECT is(a.ran_as, NULL, 'an error after it: rolled back'), is(a.changed, NULL, 'an error after it leaves nothing'), is(a.state, 'P0001', 'an error after it reaches the caller')
  FROM pg_temp.attacked('postgres', 'CREATE FUNCTION evil.fail() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN PERFORM evil.spy(''''x''''); RAISE EXCEPTION ''''x''''; END'';
	CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.fail()',
	'SELECT peoplecall.accept(420106000000000001)') AS a;
SELECT is(a.state, 'ok', 'caught by the caller'), is(a.changed, NULL, 'an error that is caught leaves nothing')
  FROM pg_temp.attacked('postgres', 'CREATE FUNCTION evil.fail() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN PERFORM evil.spy(''''x''''); RAISE EXCEPTION ''''x''''; END'';
	CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.fail()',
	'DO $x$ BEGIN
		BEGIN PERFORM peoplecall.accept(420106000000000001); ASSERT false; EXCEPTION WHEN raise_exception THEN NULL; END;
		ASSERT current_user = ''postgres'' AND pg_temp.settings() = (SELECT settings FROM before);
		BEGIN PERFORM peoplecall.gate_actor(); ASSERT false, ''inside''; EXCEPTION WHEN insufficient_privilege THEN NULL; END;
	END $x$') AS a;

-- Verbs in a trigger are the owner's verbs; the caller's record is his again
-- afterwards.
SELECT is(a.state, 'ok', 'a trigger that calls verbs: each event has its own actor')
  FROM pg_temp.attacked('clerk', 'CREATE FUNCTION evil.verbs() RETURNS trigger LANGUAGE plpgsql AS $x$
	BEGIN
		IF NEW.verb = ''accept'' THEN
			ASSERT peoplecall.gate_actor() = ''clerk'', ''before'';
			PERFORM peoplecall.appoint(''clerk'', ''read'', 12);
			BEGIN PERFORM peoplecall.close(420106000000000001); ASSERT false; EXCEPTION WHEN SQLSTATE ''PC001'' THEN NULL; END;
			ASSERT (SELECT p.appointed_by FROM peoplecall.post AS p WHERE p.role = ''clerk'' AND p.org = 12) = ''evil'', ''within'';
			ASSERT peoplecall.gate_actor() = ''clerk'', ''after'';
		END IF;
		RETURN NEW;
	END $x$;
	CREATE TRIGGER t BEFORE INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.verbs()',
	'SELECT peoplecall.accept(420106000000000001)') AS a;

-- Tables replaced by views: whatever reads the rules reads them as the owner.
SELECT is(a.ran_as, 'evil', format('%s replaced by a view, %s: runs as the owner', v.name, v.call)),
       is(a.got, NULL, format('%s replaced by a view: gets nothing', v.name)),
       is(a.changed, NULL, format('%s replaced by a view: leaves nothing', v.name))
  FROM (VALUES ('post', 'SELECT peoplecall.act_for(111)'),
	('post', 'SELECT peoplecall.may_read(''4201'')'),
	('post', 'SELECT peoplecall.accept(420106000000000001)'),
	('officer', 'SELECT peoplecall.my_orgs()'),
	('org', 'SELECT peoplecall.commanding_org(''420106012001'', ''street'')'),
	('jurisdiction', 'SELECT peoplecall.org_covers(12, ''420106012001'')'),
	('setting', 'SELECT peoplecall.org_is_below(12, 3)'),
	('responsibility', 'SELECT peoplecall.responsible_org(''city.facility''::ltree, ''420106012001'', ''A'')'),
	('category', 'SELECT * FROM peoplecall.explain_grade(''city.facility''::ltree)'),
	('grade_rule', 'SELECT * FROM peoplecall.explain_grade(''city.facility''::ltree)'),
	('sla_policy', 'SELECT peoplecall.clock_limit(''resolve'', ''city.facility''::ltree, ''A'', ''normal'', ''complaint'')'),
	('escalation_step', 'SELECT peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)'),
	('calendar', 'SELECT peoplecall.due_at(now(), ''1wd'', ''office'')'),
	('calendar_window', 'SELECT peoplecall.due_at(now(), ''1wd'', ''office'')'),
	('calendar_day', 'SELECT peoplecall.is_workday(''2019-11-25'', ''office'')')) AS v (name, call)
 CROSS JOIN LATERAL pg_temp.attacked('postgres', format('ALTER TABLE peoplecall.%1$I RENAME TO mine;
	CREATE VIEW peoplecall.%1$I AS SELECT m.* FROM peoplecall.mine AS m WHERE evil.spy(''view'')', v.name), v.call) AS a;
SELECT is(a.state, 'PC002', 'complaint replaced by a view: no ledger'), is(a.ran_as, NULL, 'and nothing runs')
  FROM pg_temp.attacked('postgres', 'ALTER TABLE peoplecall.complaint RENAME TO mine;
	CREATE VIEW peoplecall.complaint AS SELECT m.* FROM peoplecall.mine AS m WHERE evil.spy(''view'')', 'SELECT peoplecall.accept(420106000000000001)') AS a;

-- Code that changes the rules while they are read.
SELECT is(a.state, 'ok', 'rules that change while they are compiled'), is(a.changed, NULL, 'leave nothing')
  FROM pg_temp.attacked('clerk', 'ALTER TABLE peoplecall.org RENAME TO mine;
	CREATE FUNCTION evil.change() RETURNS boolean LANGUAGE plpgsql AS $x$
	BEGIN
		IF current_setting(''evil.busy'', true) IS DISTINCT FROM ''on'' THEN
			PERFORM set_config(''evil.busy'', ''on'', true);
			FOR i IN 1 .. 20 LOOP
				UPDATE peoplecall.post SET org = 3 WHERE role = ''clerk'';
				PERFORM peoplecall.may_read(''4201''), peoplecall.my_orgs();
				UPDATE peoplecall.post SET org = 1 WHERE role = ''clerk'';
				PERFORM peoplecall.may_read(''4201''), peoplecall.my_orgs();
			END LOOP;
		END IF;
		RETURN true;
	END $x$;
	CREATE VIEW peoplecall.org AS SELECT m.* FROM peoplecall.mine AS m WHERE m.id <> 1 OR evil.change()',
	'SELECT peoplecall.accept(420106000000000001)') AS a;

-- create_ledger() over a ledger that its owner made hostile
SELECT is(a.got, NULL, 'create_ledger over hostile tables gets nothing'), is(a.changed, NULL, 'leaves nothing'), is(a.state, 'ok', 'and brings the ledger up to date')
  FROM pg_temp.attacked('postgres', 'DROP INDEX peoplecall.task_open;
	CREATE FUNCTION evil.state(peoplecall.task_state, peoplecall.task_state) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN RETURN evil.spy(''''operator''''); END'';
	CREATE OPERATOR peoplecall.= (LEFTARG = peoplecall.task_state, RIGHTARG = peoplecall.task_state, FUNCTION = evil.state);
	CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON peoplecall.setting EXECUTE FUNCTION evil.spy_trigger(''x'')',
	'SELECT peoplecall.create_ledger()') AS a;
SELECT is(a.got, NULL, 'install_defaults over hostile tables gets nothing'), is(a.ran_as, 'evil', 'runs as the owner'), is(a.changed, NULL, 'leaves nothing')
  FROM pg_temp.attacked('postgres', 'DELETE FROM peoplecall.setting; CREATE TRIGGER t AFTER INSERT ON peoplecall.setting FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''x'')',
	'SELECT peoplecall.install_defaults()') AS a;
SELECT is(a.got, NULL, 'tick over hostile tables gets nothing'), is(a.ran_as, 'evil', 'runs as the owner'), is(a.changed, NULL, 'leaves nothing')
  FROM pg_temp.attacked('postgres', 'CREATE TRIGGER t AFTER INSERT ON peoplecall.event FOR EACH ROW EXECUTE FUNCTION evil.spy_trigger(''x'');
	UPDATE peoplecall.clock SET next_alarm_at = ''2001-01-01'', started_at = ''2001-01-01'', due_at = ''2001-01-02'' WHERE next_alarm_at IS NOT NULL',
	'SELECT peoplecall.tick(420106)') AS a;

-- The owner may make functions beside ours. What runs as its caller must not
-- fall for one that fits its call as well or better.
SET LOCAL ROLE evil;
CREATE FUNCTION evil.plant() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	f record;
	args text;
BEGIN
	FOR f IN
		SELECT p.proname, p.pronargs, string_agg(format_type(a.type, NULL), ', ' ORDER BY a.place) AS types
		  FROM pg_proc AS p LEFT JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY AS a (type, place) ON true
		 WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prokind = 'f'
		   AND p.proname !~ '_(in|out|recv|send)$' AND p.proowner <> 'evil'::regrole
		 GROUP BY p.oid, p.proname, p.pronargs
	LOOP
		FOREACH args IN ARRAY ARRAY[
			concat_ws(', ', f.types, 'int DEFAULT 0'), concat_ws(', ', f.types, 'VARIADIC text[] DEFAULT ''{}'''),
			regexp_replace(f.types, '\mtext\M', 'varchar', 'g'), regexp_replace(f.types, '\m(text|name)\M', 'anyelement', 'g'),
			replace(f.types, 'text', 'name'), replace(f.types, 'name', 'text'), replace(f.types, 'bigint', 'integer'),
			replace(f.types, 'integer', 'bigint'), replace(f.types, 'timestamp with time zone', 'date'),
			repeat('anyelement, ', f.pronargs - 1) || 'anyelement', replace(f.types, 'peoplecall.areacode', 'bigint')]
		LOOP
			CONTINUE WHEN args IS NULL OR args = f.types;
			BEGIN
				EXECUTE format('CREATE FUNCTION peoplecall.%I(%s) RETURNS int LANGUAGE plpgsql AS %L', f.proname, args,
					format('BEGIN PERFORM evil.spy(%L); RETURN NULL; END', f.proname || '(' || args || ')'));
			EXCEPTION WHEN duplicate_function OR invalid_function_definition OR syntax_error OR feature_not_supported
				OR undefined_object THEN NULL;
			END;
		END LOOP;
	END LOOP;
END $$;
RESET ROLE;
SELECT is(a.ran_as, 'postgres', 'a careless call falls for it')
  FROM pg_temp.attacked('postgres', 'SELECT evil.plant()', 'SELECT peoplecall.setting_value(''a''::varchar, ''1'')') AS a;
SELECT ok(coalesce(a.ran_as, 'evil') = 'evil', format('%s, with others of its name about: as the owner (%s)', c.call, a.ran_as)),
       is(a.got, NULL, 'gets nothing'), is(a.changed, NULL, 'leaves nothing')
  FROM (VALUES ('SELECT peoplecall.schedule_jobs()'), ('SELECT peoplecall.unschedule_jobs()'), ('SELECT peoplecall.jobs()'),
	('SELECT * FROM peoplecall.due_districts()'), ('SELECT * FROM peoplecall.tick(420106, 10)'),
	('SELECT peoplecall.uncovered(''4201''::peoplecall.areacode, now())'), ('SELECT peoplecall.unowned(''4201''::peoplecall.areacode, now())'),
	('SELECT * FROM peoplecall.board'), ('SELECT * FROM peoplecall.lights'), ('SELECT * FROM peoplecall.my_tasks'), ('SELECT * FROM peoplecall.history'),
	('SELECT peoplecall.accept(420106000000000001)'), ('SELECT peoplecall.install_defaults()'),
	('SELECT peoplecall.create_ledger(''evil''::name)'), ('SELECT peoplecall.calendar_gaps()'),
	('SELECT peoplecall.act_for(111::bigint)'), ('SELECT peoplecall.verbs()')) AS c (call)
 CROSS JOIN LATERAL pg_temp.attacked('postgres', 'SELECT evil.plant()', c.call) AS a;

--
-- A hostile role that may create in public and has a superuser look there
-- first: operators and functions of ours and of pg_catalog's names.
--
CREATE SCHEMA trap;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
CREATE TABLE public.trapped (what text);
GRANT ALL ON public.trapped TO PUBLIC;
DO $$
DECLARE
	one record;
	n int := 0;
BEGIN
	FOR one IN
		SELECT o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r, format_type(o.oprresult, NULL) AS res
		  FROM pg_operator AS o
		 WHERE o.oprkind = 'b' AND o.oprresult <> 0
		   AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '||', '->', '->>', '#>>', '+', '-', '*', '/', '@>', '<@', '&&', '~')
		   AND (o.oprnamespace = 'peoplecall'::regnamespace
		        OR (o.oprleft = ANY ('{text,int4,int8,bool,jsonb,timestamptz,name,tstzrange,interval,float8}'::regtype[])
		            AND o.oprright = ANY ('{text,int4,int8,bool,jsonb,timestamptz,name,tstzrange,interval,float8}'::regtype[]))
		        OR (o.oprleft IN ('ltree'::regtype) AND o.oprright IN ('ltree'::regtype)))
		 UNION
		SELECT '=', t.typname, t.typname, 'boolean' FROM (SELECT oid::regtype::text AS typname FROM pg_type
		 WHERE typnamespace = 'peoplecall'::regnamespace AND typtype = 'e') AS t
	LOOP
		n := n + 1;
		EXECUTE format('CREATE FUNCTION trap.trap_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', n, one.l, one.r, one.res,
			format('BEGIN INSERT INTO public.trapped VALUES (%L); RETURN NULL; END', one.oprname || one.l || one.r));
		EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.trap_%s)', one.oprname, one.l, one.r, n);
	END LOOP;
	-- functions: whatever the bodies may call without a schema
	FOR one IN
		SELECT p.oid, p.proname, pg_get_function_identity_arguments(p.oid) AS args, pg_get_function_result(p.oid) AS res
		  FROM pg_proc AS p
		 WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.provariadic = 0
		   AND p.proname IN ('now', 'format', 'replace', 'array_remove', 'jsonb_build_object', 'nextval', 'current_setting', 'set_config',
			'jsonb_strip_nulls', 'to_jsonb', 'btrim', 'cardinality', 'isempty', 'lower', 'upper', 'clock_timestamp', 'gen_random_uuid',
			'to_char', 'pg_has_role', 'to_regclass', 'quote_ident', 'current_database', 'hashtextextended', 'pg_advisory_xact_lock', 'array_position')
		   AND pg_get_function_result(p.oid) !~ '^any' AND pg_get_function_identity_arguments(p.oid) !~ '"?any'
	LOOP
		EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', one.proname, one.args, one.res,
			format('BEGIN INSERT INTO public.trapped VALUES (%L); RETURN %s; END', one.proname, CASE one.res WHEN 'void' THEN '' ELSE 'NULL' END));
	END LOOP;
	FOR one IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS args FROM pg_proc AS p
		    WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prokind = 'f'
		      AND pg_get_function_identity_arguments(p.oid) !~ 'internal|cstring|OUT'
	LOOP
		EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS int LANGUAGE plpgsql AS %L', one.proname, one.args,
			format('BEGIN INSERT INTO public.trapped VALUES (%L); RETURN NULL; END', 'peoplecall ' || one.proname));
	END LOOP;
END
$$;
CREATE TEMPORARY TABLE complaint (id bigint);
CREATE TEMPORARY TABLE event (id bigint);
CREATE TEMPORARY TABLE post (id bigint);
CREATE TEMPORARY TABLE alarmed (id bigint);
CREATE FUNCTION pg_temp.gate_actor() RETURNS name LANGUAGE sql AS 'SELECT ''nobody''::name';

-- The life of a matter, in one call: what it wrote, as one text. The clock
-- stands, so that two runs are equal.
CREATE FUNCTION pg_temp.life(search text, settings text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	one text;
BEGIN
	-- pg_temp is looked into first, even for types, where search_path omits it
	CREATE DOMAIN pg_temp.text AS pg_catalog.int4;
	CREATE DOMAIN pg_temp.jsonb AS pg_catalog.int4;
	CREATE DOMAIN pg_temp.record AS pg_catalog.int4;
	PERFORM pg_catalog.setval('peoplecall.complaint_serial', 100);
	PERFORM pg_catalog.set_config('peoplecall.as_of', '2019-11-25 09:00+08', true);
	PERFORM peoplecall.as_of();
	FOREACH one IN ARRAY settings LOOP
		EXECUTE 'SET LOCAL ' || one;
	END LOOP;
	PERFORM pg_catalog.set_config('search_path', search, true);
	PERFORM peoplecall.submit('hotline', '预付卡', '关门', '420106012001', 'market.prepaid'::public.ltree, people => 60, reporter_name => '张', external_id => 'e1');
	PERFORM peoplecall.submit('hotline', '预付卡', '关门', '420106012001', 'market.prepaid'::public.ltree, people => 60, external_id => 'e1');
	PERFORM peoplecall.submit('hotline', '路灯', '不亮', '420106012001', 'city.facility'::public.ltree, people => 1);
	PERFORM peoplecall.reclassify(420106000000000101, people => 70);
	PERFORM peoplecall.accept(420106000000000101, 1);
	PERFORM peoplecall.contact(420106000000000101, 'n', 1);
	PERFORM peoplecall.report(420106000000000101, 'n', 1, 'street');
	PERFORM peoplecall.complete(420106000000000101, 'r', 1);
	PERFORM peoplecall.send_back(420106000000000101, 'r', 1);
	PERFORM peoplecall.complete(420106000000000101, 'r', 1);
	PERFORM peoplecall.complete(420106000000000101, 'r', 2);
	PERFORM peoplecall.revisit(420106000000000101, 'reached', true, true, 5);
	PERFORM peoplecall.close(420106000000000101);
	PERFORM peoplecall.rate(420106000000000101, true, 5, 'c');
	PERFORM peoplecall.reopen(420106000000000101, 'r');
	PERFORM peoplecall.escalate(420106000000000103, 'r');
	PERFORM pg_catalog.set_config('peoplecall.as_of', '2019-12-25 09:00+08', true);
	PERFORM peoplecall.due_districts();
	PERFORM peoplecall.tick(420106);
	PERFORM peoplecall.take_notices(1);
	PERFORM peoplecall.confirm_notice('420106000000000101-1'), peoplecall.fail_notice('420106000000000103-1', 'e');
	PERFORM peoplecall.appoint('clerk', 'read', 12), peoplecall.dismiss('clerk', 'read', 12), peoplecall.appoint(121, 'read', 12);
	PERFORM peoplecall.install_defaults(), peoplecall.create_ledger();
	PERFORM peoplecall.uncovered('4201', '2019-11-25 09:00+08'::timestamptz), peoplecall.unowned('4201', '2019-11-25 09:00+08'::timestamptz);
	PERFORM count(*) FROM peoplecall.board;
	PERFORM count(*) FROM peoplecall.lights;
	PERFORM count(*) FROM peoplecall.my_tasks;
	PERFORM count(*) FROM peoplecall.history;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, public, pg_temp', true);
	SET LOCAL timezone = 'UTC';
	SET LOCAL datestyle = 'ISO';
	SET LOCAL intervalstyle = 'postgres';
	SET LOCAL extra_float_digits = 1;
	SET LOCAL transform_null_equals = off;
	SET LOCAL bytea_output = hex;
	SELECT (SELECT string_agg(c::text, E'\n' ORDER BY c.id) FROM (SELECT id, state, grade, urgency, command_org, lead_org, due_at, warn_at, event_count, last_event_at
		FROM peoplecall.complaint WHERE id > 420106000000000100) AS c)
	    || (SELECT string_agg(k::text, E'\n' ORDER BY k.complaint_id, k.seq) FROM peoplecall.clock AS k WHERE complaint_id > 420106000000000100)
	    || (SELECT string_agg(e::text, E'\n' ORDER BY e.complaint_id, e.seq) FROM peoplecall.event AS e WHERE complaint_id > 420106000000000100)
	    || (SELECT string_agg(n::text, E'\n' ORDER BY n.complaint_id, n.seq) FROM peoplecall.notice AS n WHERE complaint_id > 420106000000000100)
	  INTO answer;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = answer,
		DETAIL = coalesce((SELECT pg_catalog.string_agg(DISTINCT t.what, ', ') FROM public.trapped AS t), 'not trapped');
EXCEPTION
	WHEN SQLSTATE 'ZZ001' THEN
		GET STACKED DIAGNOSTICS one = PG_EXCEPTION_DETAIL;
		RETURN one || E'\n' || SQLERRM;
END
$$;
-- the trap works: without a pinned search_path it catches
CREATE FUNCTION pg_temp.careless() RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM 1 WHERE 'a'::pg_catalog.text = 'b'::pg_catalog.text; PERFORM now(); END $$;
SAVEPOINT careless;
SET LOCAL search_path = trap, pg_catalog, public;
SELECT pg_temp.careless() \g /dev/null
RESET search_path;
SELECT is((SELECT count(*) FROM public.trapped), 2::bigint, 'a careless function falls into the trap');
ROLLBACK TO careless;

CREATE TEMPORARY TABLE lives (name text, life text);
INSERT INTO lives VALUES ('plain', pg_temp.life('pg_catalog, public, pg_temp', '{}'));
SELECT matches(life, '^not trapped.*escalate.*alarm', 'the life of a matter, with plain settings') FROM lives;
SELECT is(pg_temp.life(search, '{}'), (SELECT life FROM lives), 'the same with search_path ' || search)
  FROM unnest(ARRAY['trap, pg_catalog, public', 'pg_temp, trap, pg_catalog, public', 'peoplecall, trap, pg_catalog, public', 'trap, peoplecall, pg_catalog', '']) AS search;
SELECT is(pg_temp.life('pg_catalog, public', ARRAY[setting]), (SELECT life FROM lives), 'the same with ' || setting)
  FROM unnest(ARRAY['timezone = ''Pacific/Apia''', 'timezone = ''America/St_Johns''', 'datestyle = ''SQL, DMY''', 'datestyle = ''German''', 'intervalstyle = sql_standard',
	'intervalstyle = iso_8601', 'standard_conforming_strings = off', 'transform_null_equals = on', 'row_security = off', 'extra_float_digits = -15',
	'bytea_output = escape', 'array_nulls = off', 'quote_all_identifiers = on', 'plpgsql.extra_errors = ''all''', 'plpgsql.variable_conflict = use_column',
	'xmloption = document', 'check_function_bodies = off', 'default_transaction_isolation = serializable', 'session_replication_role = replica',
	'enable_seqscan = off', 'enable_indexscan = off', 'plan_cache_mode = force_generic_plan', 'jit_above_cost = 0', 'force_parallel_mode = on']) AS setting
 WHERE setting !~ 'force_parallel_mode' OR current_setting('force_parallel_mode', true) IS NOT NULL;

-- A ledger that is made under a hostile search_path takes nothing from it.
SAVEPOINT made;
DROP OWNED BY evil CASCADE;
SET LOCAL search_path = trap, pg_temp, pg_catalog, public;
SELECT peoplecall.create_ledger('clerk') OPERATOR(pg_catalog.=) 1 AS made \gset
RESET search_path;
SELECT is(:'made'::text, 't', 'a ledger made under a hostile search_path'),
       is((SELECT array_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)) FROM pg_depend AS d
	    JOIN (SELECT 'pg_proc'::regclass AS class, p.oid FROM pg_proc AS p WHERE p.pronamespace = 'trap'::regnamespace
	          UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_operator AS o WHERE o.oprnamespace = 'trap'::regnamespace) AS t
	      ON d.refclassid = t.class AND d.refobjid = t.oid
	   WHERE NOT (d.classid = 'pg_operator'::regclass)), NULL, 'depends on nothing of it'),
       is((SELECT count(*) FROM public.trapped), 0::bigint, 'and ran nothing of it');
ROLLBACK TO made;

--
-- Identity over time: cursors, prepared statements.
--
SET LOCAL ROLE clerk;
DECLARE accepting CURSOR FOR SELECT r.state FROM peoplecall.accept(420106000000000001) AS r;
PREPARE accepting AS SELECT peoplecall.accept(420106000000000001);
RESET ROLE;
CREATE ROLE nobody_special;
SET LOCAL ROLE nobody_special;
SELECT throws_ok('FETCH accepting', '42501', NULL, 'a verb in a cursor asks who fetches');
SELECT throws_ok('EXECUTE accepting', '42501', NULL, 'a verb in a prepared statement asks who executes');
RESET ROLE;
SELECT lives_ok('EXECUTE accepting', 'and lets a superuser do it');
SELECT is(e.actor, 'postgres', 'by his name') FROM peoplecall.event AS e WHERE e.complaint_id = 420106000000000001 AND e.verb = 'accept';
DEALLOCATE accepting;

SET LOCAL ROLE clerk;
SELECT throws_ok('SET peoplecall.as_of = ''2001-01-01''', '42501', NULL, 'a plain role does not set the time of an act');
SELECT throws_ok('SET session_replication_role = replica', '42501', NULL, 'nor turns triggers off');
RESET ROLE;
SELECT throws_ok('SET peoplecall.as_of = ''' || bad || '''', '22023', NULL, 'as_of is not ' || bad) FROM unnest(ARRAY['yesterday morning', 'infinity', '-infinity', '2019-02-30', '300000-01-01', 'x']) AS bad;
SELECT throws_ok('SET peoplecall.unknown = 1', '42602', NULL, 'the prefix is reserved');

SELECT * FROM finish();
ROLLBACK;
