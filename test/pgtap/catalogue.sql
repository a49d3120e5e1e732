-- What the catalogue says of the extension's objects and of the ledger's:
-- comments, pinned search paths, rights, labels that are true; create_ledger()
-- a second time changes nothing.
\set QUIET on
\ir ../fixture/ledger.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL search_path = pg_catalog, public, pg_temp;

-- Functions and procedures.
CREATE TEMPORARY TABLE function AS
SELECT p.oid, p.oid::regprocedure::text AS name, p.proname, l.lanname AS language, p.prosecdef, p.proconfig,
       p.prosqlbody IS NOT NULL AS standard_body, p.proisstrict AS strict, p.prosrc, p.proacl, p.provolatile::text AS volatile, p.proparallel::text AS parallel, p.proleakproof, p.prokind
  FROM pg_proc AS p
  JOIN pg_language AS l ON l.oid = p.prolang
 WHERE p.pronamespace = 'peoplecall'::regnamespace;
SELECT cmp_ok((SELECT count(*) FROM function), '>', 200::bigint, 'there are functions to look at');
SELECT is_empty($$SELECT name FROM function WHERE coalesce(obj_description(oid, 'pg_proc'), '') = ''$$, 'every function has a comment');
SELECT is_empty($$SELECT name FROM function WHERE prosecdef$$, 'no function is SECURITY DEFINER');
SELECT is_empty($$SELECT name FROM function WHERE NOT has_function_privilege('public', oid, 'EXECUTE')$$, 'EXECUTE is PUBLIC''s: the gate refuses, not the grant');
-- the procedure commits between batches, and one with a SET clause may not
SELECT set_eq($$SELECT name FROM function
	WHERE language IN ('sql', 'plpgsql') AND NOT standard_body
	  AND array_position(proconfig, 'search_path=pg_catalog, pg_temp') IS NULL$$,
	ARRAY['peoplecall.rebuild_appraisal()', 'peoplecall.recompute_deadlines(text,integer,bigint)', 'peoplecall.refresh_appraisals(integer)', 'peoplecall.sweep(integer)', 'peoplecall.import_complaints(integer,bigint,bigint,bigint)'], 'every body looks into pg_catalog alone, the procedures'' names are qualified');
SELECT is_empty($$SELECT name FROM function WHERE language = 'c' AND proconfig IS NOT NULL$$, 'C functions need no setting');
SELECT is_empty($$SELECT name FROM function WHERE proconfig::text ~ 'peoplecall'$$, 'none has the schema of the tables in its search_path');
SELECT is_empty($$SELECT name FROM function WHERE language NOT IN ('c', 'sql', 'plpgsql') AND prokind <> 'a'$$, 'no other language');

-- Labels: verbs and all that is behind them write; what is compiled from the
-- rulebook is stable; what is arithmetic is immutable.
SELECT is_empty($$SELECT f.name FROM function AS f JOIN peoplecall.verbs() AS v ON f.proname IN (v.verb, v.verb || '_body')
	WHERE (f.volatile, f.parallel) <> ('v', 'u')$$, 'verbs and their bodies are volatile and run in the leader');
SELECT set_eq($$SELECT f.proname::text FROM function AS f WHERE f.proname ~ '_body$'$$,
	$$SELECT v.verb || '_body' FROM peoplecall.verbs() AS v UNION SELECT 'create_ledger_body'$$, 'every verb has its body, every body its verb');
CREATE TEMPORARY TABLE label (name text PRIMARY KEY, volatile text, parallel text);
INSERT INTO label (name, volatile, parallel) VALUES
	('due_at', 's', 's'), ('work_time', 's', 's'), ('add_work_time', 's', 's'), ('warn_at', 's', 's'), ('workdays', 's', 's'),
	('is_workday', 's', 's'), ('explain_deadline', 's', 's'), ('calendar_gaps', 's', 's'), ('sla_state', 'i', 's'),
	('grade_complaint', 's', 's'), ('explain_grade', 's', 's'), ('grade_with_reasons', 's', 's'),
	('responsible_org', 's', 's'), ('responsible_rule', 's', 's'), ('explain_responsibility', 's', 's'), ('assisting_orgs', 's', 's'),
	('commanding_org', 's', 's'), ('org_is_below', 's', 's'), ('org_covers', 's', 's'),
	('clock_limit', 's', 's'), ('explain_limit', 's', 's'), ('clock_times', 's', 's'), ('clock_plan', 's', 's'), ('ladder_steps', 's', 's'),
	('level', 'i', 's'), ('parent', 'i', 's'), ('ancestor', 'i', 's'), ('common_ancestor', 'i', 's'),
	('subtree_first', 'i', 's'), ('subtree_last', 'i', 's'), ('district_of_area', 'i', 's'),
	('command_level', 'i', 's'), ('raise', 'i', 's'), ('scale', 'i', 's'),
	('complaint_no', 'i', 's'), ('complaint_id', 'i', 's'), ('district_of', 'i', 's'),
	('event_digest', 'i', 's'), ('chain_step', 'i', 's'),
	('as_of', 's', 's'), ('verbs', 's', 's'), ('library_version', 's', 's'), ('ledger_version', 's', 'r'),
	-- they know who acts, which a worker does not
	('my_orgs', 's', 'r'), ('may_read', 's', 'r'), ('may_read_personal', 's', 'r'), ('may_read_reporter', 's', 'r'),
	('act_for', 'v', 'u'), ('create_ledger', 'v', 'u'), ('act_time', 'v', 'u'), ('gate_actor', 'v', 'u'), ('gate_officer', 'v', 'u'),
	('gate_state', 'v', 'u'), ('gate_area', 'v', 'u'), ('gate_org', 'v', 'u'), ('gate_orgs', 'v', 'u'), ('gate_reaches', 'v', 'u'), ('gate_outside', 'v', 'u'), ('gate_recuse', 'v', 'u'), ('gate_narrow', 'v', 'u'), ('new_track_code', 'v', 's'),
	('rulebook_changed', 'v', 'u');
SELECT is((SELECT string_agg(DISTINCT f.volatile || ' ' || f.parallel, ', ') FROM function AS f WHERE f.proname = l.name AND f.language = 'c'),
          l.volatile || ' ' || l.parallel, format('label of %s', l.name))
  FROM label AS l
 ORDER BY l.name;
-- a policy or an index condition is lost unless these are leakproof
SELECT is_empty($$SELECT o.oprcode::regprocedure FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode
	WHERE o.oprnamespace = 'peoplecall'::regnamespace AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '<@', '@>') AND NOT p.proleakproof$$,
	'comparisons are leakproof');
SELECT is_empty($$SELECT name FROM function WHERE proleakproof AND language <> 'c'$$, 'and only C is');

-- Every C function that is no verb, with all its labels: volatile, parallel,
-- strict, leakproof. One that is added is added here.
CREATE TEMPORARY TABLE class (labels text, names text);
INSERT INTO class VALUES
	-- types, arithmetic: NULL for NULL
	('i s strict', 'fill_template ancestor areacode areacode_in areacode_larger areacode_out areacode_recv areacode_send areacode_smaller areacode_sortsupport areacode_support
		command_level common_ancestor complaint_id complaint_no district_of district_of_area grade_in grade_larger grade_out grade_recv grade_send grade_smaller
		grade_sortsupport level lineage parent raise scale search_keys text_digest text_grams timelimit_in timelimit_out timelimit_recv timelimit_send timelimit_sortsupport'),
	-- what policies and indexes ask, which says nothing of its arguments
	('i s strict leakproof', 'areacode_cmp areacode_contains areacode_eq areacode_ge areacode_gt areacode_hash areacode_hash_extended areacode_le areacode_lt areacode_ne
		areacode_within grade_cmp grade_eq grade_ge grade_gt grade_hash grade_hash_extended grade_le grade_lt grade_ne gram_keys keys_overlap subtree_first subtree_last
		timelimit_cmp timelimit_eq timelimit_ge timelimit_gt timelimit_hash timelimit_hash_extended timelimit_le timelimit_lt timelimit_ne'),
	('s r strict leakproof', 'may_read may_read_personal may_read_reporter'),
	-- NULL means something
	('i s', 'alike_groups_final chain_digest chain_step event_digest max min sla_state'),
	('i u', 'alike_groups'),
	-- compiled rules and the clock
	('s s', 'add_work_time alike_groups_add as_of assisting_orgs clock_limit clock_plan clock_times due_at explain_deadline explain_grade explain_limit explain_responsibility
		grade_complaint grade_with_reasons is_workday ladder_steps library_version require_tables responsible_org responsible_rule verbs warn_at work_time workdays'),
	('s s strict', 'areacode_rangesel areacode_subtree_joinsel areacode_subtree_sel areacode_typanalyze calendar_gaps channel_of commanding_org likeness org_covers org_is_below rare_grams role_identity setting_number'),
	('s r', 'my_orgs ledger_version'),
	('v s', 'new_track_code'),
	-- the gate, and what changes something
	('v u', 'act_for act_time gate_actor gate_area gate_channel gate_channels gate_narrow gate_officer gate_org gate_orgs gate_outside gate_reaches gate_recuse gate_state rulebook_changed'),
	('v u strict', 'create_ledger latest_call');
SELECT set_eq($$SELECT DISTINCT f.proname::text, concat_ws(' ', f.volatile, f.parallel, CASE WHEN f.strict THEN 'strict' END, CASE WHEN f.proleakproof THEN 'leakproof' END)
	FROM function AS f WHERE f.language IN ('c', 'internal') AND f.prosrc <> 'pc_verb'$$,
	$$SELECT n, c.labels FROM class AS c CROSS JOIN regexp_split_to_table(c.names, '\s+') AS n$$, 'every label of every C function');
SELECT is_empty($$SELECT name FROM function WHERE prosrc = 'pc_verb' AND (strict OR proleakproof)$$, 'a verb is called with NULLs too: its body refuses them');
-- Of the others: strict where NULL has no meaning; what is immutable is only arithmetic.
SELECT set_eq($$SELECT proname::text FROM function WHERE language IN ('sql', 'plpgsql') AND strict$$,
	'{open_needs,match_needs,uncovered,unowned,request_counts,attendance,overdue_shares,category_contains,category_is,category_depth,take_waiting}'::text[], 'these answer NULL with no row or NULL');
-- without comments and texts: hints name verbs
CREATE TEMPORARY TABLE called AS SELECT f.*, regexp_replace(regexp_replace(f.prosrc, '--[^\n]*', '', 'g'), '''(''''|[^''])*''', '''''', 'g') AS calls FROM function AS f;
SELECT is_empty($$SELECT f.name, g.name FROM called AS f JOIN function AS g ON f.calls ~ ('peoplecall\.' || g.proname || '\(') AND g.prokind = 'f'
	WHERE f.language = 'plpgsql' AND f.prokind = 'f' AND g.proname NOT IN ('max', 'min')
	  -- of several of one name the safest counts
	  AND g.oid = (SELECT o.oid FROM function AS o WHERE o.proname = g.proname ORDER BY o.volatile, o.parallel = 's' DESC LIMIT 1)
	  AND ((f.volatile = 'i' AND g.volatile <> 'i') OR (f.volatile = 's' AND g.volatile = 'v' AND g.proname NOT LIKE 'gate\_%'))$$, 'nothing calls what is more volatile than itself');
SELECT is_empty($$SELECT f.name, g.name FROM called AS f JOIN function AS g ON f.calls ~ ('peoplecall\.' || g.proname || '\(') AND g.prokind = 'f'
	WHERE f.language = 'plpgsql' AND f.parallel <> 'u'
	  AND g.oid = (SELECT o.oid FROM function AS o WHERE o.proname = g.proname ORDER BY o.volatile, o.parallel = 's' DESC LIMIT 1)
	  AND (g.parallel = 'u' OR (f.parallel = 's' AND g.parallel = 'r'))$$, 'nor what is less fit for a parallel worker');
-- Rights and settings.
SELECT is_empty($$SELECT name, proacl FROM function WHERE proacl IS NOT NULL$$, 'no function''s rights are other than the default');
SELECT set_eq($$SELECT DISTINCT split_part(c, '=', 1) FROM function AS f CROSS JOIN unnest(f.proconfig) AS c$$, '{search_path,client_min_messages,TimeZone,DateStyle,work_mem,plan_cache_mode,jit}'::text[], 'no other setting is pinned by a function');
SELECT is_empty($$SELECT name, proconfig FROM function AS f WHERE EXISTS (SELECT FROM unnest(f.proconfig) AS c WHERE c LIKE 'search\_path=%' AND c <> 'search_path=pg_catalog, pg_temp')$$, 'and search_path to pg_catalog alone');
SELECT is_empty($$SELECT name, m.part FROM function AS f CROSS JOIN regexp_matches(regexp_replace(f.prosrc, '--[^\n]*', '', 'g'), '(?:FROM|JOIN|UPDATE|INTO) (complaint|task|clock|event|notice|post|org|officer|reporter|listing|claim)\M AS', 'g') AS m (part)
	WHERE f.language = 'plpgsql'$$, 'and every table is named with its schema');

-- Everything else that people see has a comment.
SELECT is_empty($$SELECT t.oid::regtype FROM pg_type AS t
	WHERE t.typnamespace = 'peoplecall'::regnamespace AND t.typelem = 0 AND t.typtype IN ('b', 'e', 'd', 'r')
	  AND coalesce(obj_description(t.oid, 'pg_type'), '') = ''$$, 'every type has a comment');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
	  AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''$$, 'every table and view has a comment');
SELECT is_empty($$SELECT o.oid::regoperator FROM pg_operator AS o
	WHERE o.oprnamespace = 'peoplecall'::regnamespace AND coalesce(obj_description(o.oid, 'pg_operator'), '') = ''$$, 'every operator has a comment');
SELECT is_empty($$SELECT t.oid::regtype FROM pg_type AS t JOIN pg_class AS c ON c.oid = t.typrelid
	WHERE t.typnamespace = 'peoplecall'::regnamespace AND c.relkind = 'c'
	  AND coalesce(obj_description(t.oid, 'pg_type'), '') = ''$$, 'every composite type has a comment');
SELECT isnt(obj_description('peoplecall'::regnamespace, 'pg_namespace'), NULL, 'the schema has a comment');
SELECT is_empty($$SELECT o.oid::regoperator FROM pg_operator AS o
	WHERE o.oprnamespace = 'peoplecall'::regnamespace AND o.oprresult = 'boolean'::regtype AND o.oprleft <> 0
	  AND (o.oprrest = 0 OR o.oprjoin = 0)$$, 'every operator that filters can be estimated');

-- The extension owns code and no row, the city owns the tables.
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind <> 'c'$$, 'no table, view, index or sequence is a member');
SELECT is_empty($$SELECT f.name FROM function AS f
	WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')$$, 'every function is');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner <> 'city_owner'::regrole$$, 'what create_ledger() made is the owner''s');
SELECT throws_ok('DROP EXTENSION peoplecall', '2BP01', NULL, 'while a ledger stands the extension is not dropped');

-- What could run after the identity is restored.
SELECT is_empty($$SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint AS c
	WHERE c.connamespace = 'peoplecall'::regnamespace AND (c.condeferrable OR c.condeferred)$$, 'no constraint is deferrable');
SELECT is_empty($$SELECT t.tgrelid::regclass || ' ' || t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND (t.tgdeferrable OR t.tginitdeferred)$$, 'no trigger is');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'v' AND c.relname <> 'ledger'
	  AND coalesce(NOT c.reloptions::text[] && '{security_invoker=true,security_invoker=on}', true)$$, 'views look with the reader''s rights');
-- what DISTRIBUTED asks of the case records
SELECT is_empty($$SELECT i.indexrelid::regclass FROM pg_index AS i
	JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attname = 'district_id'
	JOIN pg_class AS c ON c.oid = i.indrelid AND c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('intake_key', 'track_key')
	WHERE i.indisunique AND i.indkey[0] <> a.attnum$$, 'district_id leads every unique key of a case record');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'r'
	  AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisexclusion))
	  AND c.relname <> 'area_change'$$, 'every table has a key');

-- and what it asks of statements: the case records are told by their columns
CREATE TEMPORARY TABLE case_record AS
SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'district_id'
 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'intake_key';
SELECT cmp_ok((SELECT count(*) FROM case_record), '>', 15::bigint, 'there are case records');
CREATE TEMPORARY TABLE statement AS
SELECT p.proname, regexp_replace(s.text, '--[^\n]*', '', 'g') AS text
  FROM pg_proc AS p CROSS JOIN regexp_split_to_table(p.prosrc, ';') AS s (text)
 WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prolang = (SELECT l.oid FROM pg_language AS l WHERE l.lanname = 'plpgsql')
   AND p.prorettype <> 'trigger'::regtype AND p.proname !~ '^ledger_';
SELECT is_empty($$SELECT s.proname FROM statement AS s WHERE s.text ~* 'GROUPING SETS|ROLLUP|CUBE|WITH RECURSIVE'
	-- over the rulebook alone
	AND s.proname NOT IN ('area_heirs', 'appraisal_rows')$$, 'no recursion, no GROUPING SETS');
SELECT is_empty($$SELECT s.proname, s.text FROM statement AS s JOIN case_record AS r ON s.text ~ ('FROM peoplecall\.' || r.relname || '\M')
	WHERE s.text ~ 'FOR (NO KEY )?(UPDATE|SHARE)' AND s.text !~ 'district_id = '$$, 'rows are locked in one district');
SELECT is_empty($$SELECT s.proname, m.part[2] FROM statement AS s
	CROSS JOIN regexp_matches(s.text, 'JOIN peoplecall\.(\w+) AS (\w+)', 'g') AS m (part) JOIN case_record AS r ON r.relname = m.part[1]
	-- whose members may be of other districts
	WHERE (s.proname, m.part[2]) <> ('appraisal_facts', 'f') AND s.text !~ (m.part[2] || '\.district_id = |= ' || m.part[2] || '\.district_id')$$, 'case records are joined on district_id');
SELECT is_empty($$SELECT s.proname, s.text FROM statement AS s CROSS JOIN regexp_matches(s.text, '(UPDATE peoplecall\.\w+? AS \w+\s+SET.*?)(?:\mFROM\M|\mRETURNING\M|$)') AS u (part)
	JOIN pg_proc AS f ON f.pronamespace = 'peoplecall'::regnamespace AND f.provolatile = 'v' AND u.part[1] ~ ('peoplecall\.' || f.proname || '\(')$$, 'no volatile function in an UPDATE');
SELECT is_empty($$SELECT s.proname, s.text FROM statement AS s WHERE s.text ~ 'DO UPDATE.*(now\(|act_time|interval)'$$, 'ON CONFLICT takes what was computed before');

-- A second create_ledger() changes nothing.
CREATE FUNCTION pg_temp.ledger_as_it_stands() RETURNS TABLE (what text, line text) LANGUAGE sql AS $$
	SELECT 'column', concat_ws(' ', a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attacl)
	  FROM pg_attribute AS a
	  JOIN pg_class AS c ON c.oid = a.attrelid AND c.relnamespace = 'peoplecall'::regnamespace
	  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	UNION ALL
	SELECT 'relation', concat_ws(' ', c.oid, c.relname, c.relkind, c.relowner, c.relfilenode, c.reloptions, c.relacl, c.relrowsecurity, c.relforcerowsecurity, obj_description(c.oid, 'pg_class'))
	  FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'constraint', concat_ws(' ', c.oid, c.conrelid::regclass, c.conname, c.convalidated, pg_get_constraintdef(c.oid))
	  FROM pg_constraint AS c WHERE c.connamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'index', concat_ws(' ', i.indexrelid, pg_get_indexdef(i.indexrelid), i.indisvalid)
	  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'trigger', concat_ws(' ', t.tgrelid::regclass, pg_get_triggerdef(t.oid), t.tgenabled)
	  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid AND c.relnamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'policy', concat_ws(' ', p.oid, p.polrelid::regclass, p.polname, p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid))
	  FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid AND c.relnamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'view', concat_ws(' ', c.relname, pg_get_viewdef(c.oid))
	  FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'v'
	UNION ALL
	SELECT 'sequence', concat_ws(' ', s.seqrelid::regclass, s.seqtypid::regtype, s.seqstart, s.seqmax, s.seqcycle)
	  FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid AND c.relnamespace = 'peoplecall'::regnamespace
	UNION ALL
	SELECT 'schema', concat_ws(' ', n.nspowner, n.nspacl) FROM pg_namespace AS n WHERE n.nspname = 'peoplecall'
$$;
CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.ledger_as_it_stands();
SELECT cmp_ok((SELECT count(*) FROM before AS b WHERE b.what = w.what), '>', 0::bigint, format('the ledger has something of kind %s', w.what))
  FROM unnest(ARRAY['column', 'relation', 'constraint', 'index', 'trigger', 'policy', 'view', 'sequence', 'schema']) AS w (what);
SELECT is(peoplecall.create_ledger('city_owner'), 1, 'create_ledger() again');
SELECT bag_eq('SELECT * FROM pg_temp.ledger_as_it_stands()', 'SELECT * FROM before', 'changes nothing');
SELECT is(peoplecall.create_ledger(), 1, 'and without the owner''s name');
SELECT bag_eq('SELECT * FROM pg_temp.ledger_as_it_stands()', 'SELECT * FROM before', 'changes nothing');
SELECT throws_ok($$SELECT peoplecall.create_ledger('pg_monitor')$$, '42710', NULL, 'another owner does not get it');

SELECT * FROM finish();
ROLLBACK;
