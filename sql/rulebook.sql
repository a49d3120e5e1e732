-- What compiled rules are read from. The ledger's owner is a plain role that
-- may alter his tables or put views in their place: no column may be read as
-- what it is not.
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
DROP ROLE IF EXISTS regress_pc_owner;
CREATE ROLE regress_pc_owner;
SELECT peoplecall.create_ledger('regress_pc_owner');
SET ROLE regress_pc_owner;
SELECT peoplecall.install_defaults();
RESET client_min_messages;
\pset null '-'

CREATE FUNCTION pg_temp.try(change text, question text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	BEGIN
		EXECUTE change;
		EXECUTE 'SELECT x::text FROM ' || question || ' AS x LIMIT 1' INTO answer;
		RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = 'answered: ' || coalesce(answer, '-');
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE || ' ' || SQLERRM;
	END;
END
$$;

INSERT INTO peoplecall.area (code, name) VALUES ('4201', 'Wuhan');
INSERT INTO peoplecall.category VALUES ('road', 'Road', 'A');
INSERT INTO peoplecall.grade_rule (category, nature, words, min_people, grade, reason)
VALUES ('road', 'help', '{hole}', 1, 'C', 'danger');
INSERT INTO peoplecall.org_kind (kind, name, level) VALUES ('bureau', 'Bureau', 'city');
INSERT INTO peoplecall.org (name, kind, area) VALUES ('Roads', 'bureau', '4201');
INSERT INTO peoplecall.responsibility (category, area, kind) VALUES ('road', '4201', 'bureau');
INSERT INTO peoplecall.calendar_day VALUES ('office', '2026-10-01', false, 'National Day');

-- Other types: numbers where texts, texts where numbers are expected.
ALTER TABLE peoplecall.grade_rule DROP CONSTRAINT grade_rule_reason_check,
	DROP CONSTRAINT grade_rule_words_check, DROP CONSTRAINT grade_rule_category_fkey,
	DROP CONSTRAINT grade_rule_check;
ALTER TABLE peoplecall.escalation_step DROP CONSTRAINT escalation_step_tell_check,
	DROP CONSTRAINT escalation_step_act_check, DROP CONSTRAINT escalation_step_check,
	ALTER tell DROP DEFAULT, ALTER act DROP DEFAULT;
ALTER TABLE peoplecall.sla_policy DROP CONSTRAINT sla_policy_calendar_fkey,
	DROP CONSTRAINT sla_policy_category_fkey;
DROP INDEX peoplecall.sla_policy_once;
SELECT pg_temp.try(change, question)
  FROM (VALUES
	('ALTER TABLE peoplecall.grade_rule ALTER reason TYPE bigint USING 1234', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER nature TYPE bigint USING 1234', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER words TYPE text USING ''x''', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER category TYPE text', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER grade TYPE int USING 77', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER reason DROP NOT NULL; UPDATE peoplecall.grade_rule SET reason = NULL', 'peoplecall.explain_grade(''road'')'),
	('ALTER TABLE peoplecall.grade_rule ALTER reason TYPE varchar(20)', 'peoplecall.explain_grade(''road'', ''help'', words => ''a hole'')'),
	('ALTER TABLE peoplecall.sla_policy ALTER allowed TYPE bigint USING 1234', 'peoplecall.clock_limit(''resolve'', ''road'', ''A'', ''normal'', ''help'')'),
	('ALTER TABLE peoplecall.sla_policy ALTER calendar TYPE bigint USING 1234', 'peoplecall.clock_limit(''resolve'', ''road'', ''A'', ''normal'', ''help'')'),
	('ALTER TABLE peoplecall.sla_policy ALTER allowed DROP NOT NULL; UPDATE peoplecall.sla_policy SET allowed = NULL', 'peoplecall.clock_limit(''resolve'', ''road'', ''A'', ''normal'', ''help'')'),
	('ALTER TABLE peoplecall.escalation_step ALTER tell TYPE text USING ''x''', 'peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)'),
	('ALTER TABLE peoplecall.escalation_step ALTER tell TYPE text[]', 'peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)'),
	('ALTER TABLE peoplecall.escalation_step ALTER act TYPE bigint USING 1', 'peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)'),
	('ALTER TABLE peoplecall.escalation_step ALTER act DROP NOT NULL; UPDATE peoplecall.escalation_step SET act = NULL', 'peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)'),
	('ALTER TABLE peoplecall.escalation_step DROP CONSTRAINT escalation_step_fraction_check; UPDATE peoplecall.escalation_step SET fraction = ''NaN''', 'peoplecall.ladder_steps(''resolve'', ''A'', now(), now(), ''1h'', NULL, NULL)')
	) AS t (change, question);

-- Views in the place of tables, with nulls where no null can be.
CREATE FUNCTION pg_temp.replace(name text, columns text) RETURNS text
LANGUAGE sql AS $$
	SELECT format('ALTER TABLE peoplecall.%1$I RENAME TO was_%1$s; '
		'CREATE VIEW peoplecall.%1$I AS SELECT %2$s FROM peoplecall.was_%1$s', name, columns);
$$;
SELECT pg_temp.try(pg_temp.replace(name, columns), question)
  FROM (VALUES
	('category', 'NULL::ltree AS path, base_grade', 'peoplecall.grade_complaint(NULL)'),
	('category', '5 AS path, base_grade', 'peoplecall.grade_complaint(NULL)'),
	('responsibility', 'id, NULL::ltree AS category, area, grade, org, kind, at_level, role, ruling, valid', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('responsibility', 'id, 7::bigint AS category, area, grade, org, kind, at_level, role, ruling, valid', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('responsibility', 'id, category, area, grade, org, 7 AS kind, at_level, role, ruling, valid', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('responsibility', 'id, category, 7::bigint AS area, grade, org, kind, at_level, role, ruling, valid', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('org_kind', 'NULL::text AS kind, level, territorial, inspects, outside', 'peoplecall.commanding_org(''4201'', ''city'')'),
	('org', 'id, NULL::text AS kind, area, superior, commanded_by, active', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('org', 'id, kind, area, superior, commanded_by, ''yes''::text AS active', 'peoplecall.responsible_org(''road'', ''4201'', ''A'')'),
	('calendar', 'NULL::text AS name, timezone, known_until', 'peoplecall.is_workday(''2026-10-12'', ''office'')'),
	('calendar', 'name, NULL::text AS timezone, known_until', 'peoplecall.is_workday(''2026-10-12'', ''office'')'),
	('calendar', 'name, timezone, ''x''::text AS known_until', 'peoplecall.is_workday(''2026-10-12'', ''office'')'),
	('calendar_day', 'NULL::text AS calendar, day, is_workday, name', 'peoplecall.is_workday(''2026-10-12'', ''office'')'),
	('calendar_day', 'calendar, 5 AS day, is_workday, 5 AS name', 'peoplecall.is_workday(''2026-10-12'', ''office'')'),
	('calendar_window', 'calendar, 5::bigint AS weekday, opens, closes, valid', 'peoplecall.is_workday(''2026-10-12'', ''office'')')
	) AS t (name, columns, question);

-- After a failed build there are no rules, not half of them; then there are
-- rules again.
SELECT peoplecall.is_workday('2026-10-12', 'office'),
       peoplecall.responsible_org('road', '4201', 'A'),
       (SELECT count(*) FROM peoplecall.explain_grade('road', 'help', words => 'a hole'));

RESET ROLE;
SET client_min_messages = error;
DROP SCHEMA peoplecall CASCADE;
DROP OWNED BY regress_pc_owner;
DROP ROLE regress_pc_owner;
