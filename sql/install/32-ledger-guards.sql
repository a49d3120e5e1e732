-- Guards on the rulebook and the history: what drops compiled rules, and what a
-- constraint cannot say. They check and never write, so a restore may run them.

-- A hierarchy by foreign key to the same table makes dumps noisy, and would
-- not refuse a ring; so a trigger looks at the chain above each changed row.
-- The lock makes two editors' checks follow one another.
CREATE FUNCTION peoplecall.org_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.org', 0));

	SELECT o.id INTO bad
	  FROM peoplecall.org AS o
	 WHERE (o.superior IS NOT NULL
	        AND NOT EXISTS (SELECT FROM peoplecall.org AS s WHERE s.id = o.superior))
	    OR (o.commanded_by IS NOT NULL
	        AND NOT EXISTS (SELECT FROM peoplecall.org AS s WHERE s.id = o.commanded_by))
	 LIMIT 1;
	IF FOUND THEN
		RAISE foreign_key_violation USING
			MESSAGE = format('the superior or commanding org of org %s does not exist', bad),
			TABLE = 'org', SCHEMA = 'peoplecall';
	END IF;

	IF TG_OP <> 'DELETE' THEN
		WITH RECURSIVE above (start, at) AS (
			SELECT c.id, c.superior FROM changed AS c WHERE c.superior IS NOT NULL
			UNION
			SELECT a.start, o.superior
			  FROM above AS a
			  JOIN peoplecall.org AS o ON o.id = a.at
			 WHERE o.superior IS NOT NULL)
		SELECT a.start INTO bad FROM above AS a WHERE a.start = a.at LIMIT 1;
		IF FOUND THEN
			RAISE check_violation USING
				MESSAGE = format('org %s would be above itself', bad),
				TABLE = 'org', SCHEMA = 'peoplecall';
		END IF;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.org_guard() IS
	'trigger on org: 23503 for a superior that does not exist, 23514 for an org above itself';

CREATE FUNCTION peoplecall.channel_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad text;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.channel', 0));

	SELECT c.code INTO bad
	  FROM peoplecall.channel AS c
	 WHERE c.merged_into IS NOT NULL
	   AND NOT EXISTS (
		SELECT FROM peoplecall.channel AS i
		 WHERE i.code = c.merged_into AND i.merged_into IS NULL)
	 LIMIT 1;
	IF FOUND THEN
		RAISE foreign_key_violation USING
			MESSAGE = format('channel "%s" is merged into one that does not exist or was merged itself', bad),
			TABLE = 'channel', SCHEMA = 'peoplecall';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.channel_guard() IS
	'trigger on channel: 23503 unless merged_into names a channel that stands by itself';

CREATE FUNCTION peoplecall.calendar_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = NEW.timezone) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('time zone "%s" of calendar "%s" is not known', NEW.timezone, NEW.name),
			HINT = 'Use a name of pg_timezone_names, such as Asia/Shanghai.',
			TABLE = 'calendar', SCHEMA = 'peoplecall';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.calendar_guard() IS
	'trigger on calendar: 22023 for a time zone that PostgreSQL does not know';

CREATE FUNCTION peoplecall.setting_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem text := peoplecall.setting_problem(NEW.name, NEW.value);
BEGIN
	IF problem IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('invalid value for setting "%s": %s', NEW.name, NEW.value),
			DETAIL = problem,
			HINT = 'See peoplecall.known_settings() for what each setting takes.',
			TABLE = 'setting', SCHEMA = 'peoplecall';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.setting_guard() IS
	'trigger on setting: 22023 for a value that a known setting does not take';

CREATE FUNCTION peoplecall.template_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem text := peoplecall.template_problem(NEW.code, NEW.body);
BEGIN
	IF problem IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('invalid text of template "%s"', NEW.code),
			DETAIL = problem,
			HINT = 'See peoplecall.template_fields() for the fields of each template.',
			TABLE = 'template', SCHEMA = 'peoplecall';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.template_guard() IS
	'trigger on template: 22023 for a text that names a field which its template does not have';

-- Only lines are added to the history. Whoever owns the tables can take this
-- trigger off, and then must: nothing is changed in passing. The area is not
-- what was done: it follows the complaint's, for the row policies.
CREATE FUNCTION peoplecall.event_guard() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE insufficient_privilege USING
		MESSAGE = format('%s of the history is refused', lower(TG_OP)),
		DETAIL = 'Events are added, never changed or deleted.',
		HINT = 'To move old events away, see peoplecall.partition_ledger() and peoplecall.detach_history().',
		TABLE = 'event', SCHEMA = 'peoplecall';
END
$$;
COMMENT ON FUNCTION peoplecall.event_guard() IS
	'trigger on event: 42501 for whoever would change, delete or truncate, the owner and superusers too';

CREATE FUNCTION peoplecall.guard_history(tab text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl(format($ddl$
CREATE OR REPLACE TRIGGER event_guard
	BEFORE UPDATE OF district_id, complaint_id, seq, at, verb, actor, officer, org,
		task_seq, detail, digest
	OR DELETE OR TRUNCATE ON peoplecall.%I
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.event_guard();
	$ddl$, tab));
END
$body$;
COMMENT ON FUNCTION peoplecall.guard_history(text) IS
	'hangs event_guard() on event, or on one of its partitions; used by create_ledger()';

CREATE FUNCTION peoplecall.ledger_guards() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
	ruled text;
BEGIN
	-- ALWAYS: logical replication and session_replication_role = replica skip
	-- ordinary triggers, and logical replication fires no statement triggers
	FOREACH ruled IN ARRAY ARRAY['org_kind', 'org', 'jurisdiction', 'officer',
		'category', 'channel', 'channel_role', 'calendar', 'calendar_window', 'calendar_day',
		'responsibility', 'grade_rule', 'sla_policy', 'escalation_step', 'post',
		'setting', 'ruling', 'gram_rarity']
	LOOP
		PERFORM peoplecall.ledger_ddl(format($ddl$
CREATE OR REPLACE TRIGGER rulebook_changed
	AFTER INSERT OR UPDATE OR DELETE ON peoplecall.%1$I
	FOR EACH ROW EXECUTE FUNCTION peoplecall.rulebook_changed(%1$L);
CREATE OR REPLACE TRIGGER rulebook_emptied
	AFTER TRUNCATE ON peoplecall.%1$I
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.rulebook_changed(%1$L);
ALTER TABLE peoplecall.%1$I ENABLE ALWAYS TRIGGER rulebook_changed;
ALTER TABLE peoplecall.%1$I ENABLE ALWAYS TRIGGER rulebook_emptied;
		$ddl$, ruled));
	END LOOP;

	PERFORM peoplecall.ledger_ddl($ddl$
CREATE OR REPLACE TRIGGER org_inserted
	AFTER INSERT ON peoplecall.org REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.org_guard();
CREATE OR REPLACE TRIGGER org_updated
	AFTER UPDATE ON peoplecall.org REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.org_guard();
CREATE OR REPLACE TRIGGER org_deleted
	AFTER DELETE ON peoplecall.org
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.org_guard();
CREATE OR REPLACE TRIGGER channel_guard
	AFTER INSERT OR UPDATE OR DELETE ON peoplecall.channel
	FOR EACH STATEMENT EXECUTE FUNCTION peoplecall.channel_guard();
CREATE OR REPLACE TRIGGER calendar_guard
	AFTER INSERT OR UPDATE ON peoplecall.calendar
	FOR EACH ROW EXECUTE FUNCTION peoplecall.calendar_guard();
CREATE OR REPLACE TRIGGER setting_guard
	AFTER INSERT OR UPDATE ON peoplecall.setting
	FOR EACH ROW EXECUTE FUNCTION peoplecall.setting_guard();
CREATE OR REPLACE TRIGGER template_guard
	AFTER INSERT OR UPDATE ON peoplecall.template
	FOR EACH ROW EXECUTE FUNCTION peoplecall.template_guard();
	$ddl$);
	PERFORM peoplecall.guard_history('event');
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_guards() IS 'the triggers of the rulebook and of the history';
