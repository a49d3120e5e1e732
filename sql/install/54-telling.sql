-- Who is told at which hour: the officer on duty, and the quiet hours; and
-- telling several of what was done with a share. What a message says is written
-- in 51-records.

CREATE FUNCTION peoplecall.office_calendar() RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT c.name FROM peoplecall.calendar AS c
	         WHERE c.name = peoplecall.setting_value('office_calendar', '"office"') #>> '{}');
END
$$;
COMMENT ON FUNCTION peoplecall.office_calendar() IS
	'the calendar that setting office_calendar names; NULL where it is null or there is none of that name';

-- A calendar with a defect must not keep an urgent matter from anybody.
CREATE FUNCTION peoplecall.office_open(at timestamptz) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := peoplecall.office_calendar();
BEGIN
	RETURN name IS NOT NULL
	   AND peoplecall.work_time(at, at + interval '1 second', name) > interval '0';
EXCEPTION WHEN SQLSTATE 'PC003' THEN
	RETURN false;
END
$$;
COMMENT ON FUNCTION peoplecall.office_open(timestamptz) IS
	'whether offices are open by the calendar of setting office_calendar; false where there is none or it has a defect';

-- One org's officer, without asking the org above. For duty_officer the roster
-- goes before the role.
CREATE FUNCTION peoplecall.officer_of(
	org bigint, role peoplecall.officer_role, at timestamptz,
	assigned bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(d.id, f.id)
		  FROM (SELECT o.*, false AS rostered
		          FROM peoplecall.officer AS o
		         WHERE (o.org = officer_of.org AND o.role = officer_of.role) OR o.id = assigned
		        UNION ALL
		        SELECT o.*, true
		          FROM peoplecall.duty_roster AS r
		          JOIN peoplecall.officer AS o ON o.id = r.officer
		         WHERE officer_of.role = 'duty_officer'
		           AND r.org = officer_of.org AND r.period @> officer_of.at) AS f
		  LEFT JOIN peoplecall.officer_absence AS b
		    ON b.officer = f.id AND b.period @> officer_of.at
		  LEFT JOIN peoplecall.officer AS d
		    ON d.id = b.deputy AND d.active
		   AND NOT EXISTS (
			SELECT FROM peoplecall.officer_absence AS a
			 WHERE a.officer = d.id AND a.period @> officer_of.at)
		 WHERE f.active
		   AND (b.officer IS NULL OR d.id IS NOT NULL)
		 ORDER BY f.id IS NOT DISTINCT FROM assigned DESC, f.rostered DESC,
		          b.officer IS NULL DESC, f.id
		 LIMIT 1);
END
$$;
COMMENT ON FUNCTION peoplecall.officer_of(bigint, peoplecall.officer_role, timestamptz, bigint) IS
	'the officer assigned, else the active one of that role in the org (a duty_officer first by duty_roster), first who is present, then the deputy of one who is away; NULL where there is none';

CREATE FUNCTION peoplecall.officers_for(
	org bigint, role peoplecall.officer_role, at timestamptz, assigned bigint,
	urgency peoplecall.urgency) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	usual bigint;
	on_duty bigint;
BEGIN
	usual := peoplecall.officer_for(org, role, at, assigned);
	IF urgency <> 'normal'
	   AND (NOT peoplecall.office_open(at)
	        OR peoplecall.officer_of(org, role, at, assigned) IS NULL)
	THEN
		on_duty := peoplecall.officer_for(org, 'duty_officer', at);
	END IF;
	RETURN array_remove(array_remove(ARRAY[usual], NULL)
		|| CASE WHEN on_duty IS DISTINCT FROM usual THEN on_duty END, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.officers_for(bigint, peoplecall.officer_role, timestamptz, bigint, peoplecall.urgency) IS
	'who gets a message: officer_for(), and of a matter that is urgent the officer on duty too while offices are closed or the org has nobody of that role; empty where there is nobody';

CREATE FUNCTION peoplecall.quiet_until(at timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	quiet jsonb := peoplecall.setting_value('quiet_hours', 'null');
	zone text := peoplecall.city_zone();
	local timestamp := at AT TIME ZONE zone;
	begins time := (quiet ->> 'from')::time;
	ends time := (quiet ->> 'to')::time;
	day date := local::date;
BEGIN
	IF begins <= ends THEN
		IF local::time < begins OR local::time >= ends THEN
			RETURN at;
		END IF;
	ELSIF local::time >= begins THEN
		day := day + 1;
	ELSIF local::time >= ends OR begins IS NULL THEN
		RETURN at;
	END IF;
	-- by the clock on the wall: the night the clock is changed is longer or shorter
	RETURN greatest((day + ends) AT TIME ZONE zone, at);
END
$$;
COMMENT ON FUNCTION peoplecall.quiet_until(timestamptz) IS
	'when the quiet hours (setting quiet_hours, in the zone of setting timezone) end that a time lies in; the time itself outside them';

-- Only what the ladder reminds of may wait, and only of a normal matter.
CREATE FUNCTION peoplecall.notice_time(
	district_id int, complaint_id bigint, template text, at timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF template IN ('half', 'due', 'overdue') AND EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = notice_time.district_id
		   AND c.id = notice_time.complaint_id AND c.urgency = 'normal')
	THEN
		RETURN peoplecall.quiet_until(at);
	END IF;
	RETURN at;
END
$$;
COMMENT ON FUNCTION peoplecall.notice_time(int, bigint, text, timestamptz) IS
	'before when a message is not sent: at once, but a reminder of a normal matter not in the quiet hours';

-- The deadline that the message is about, not the tightest of all.
CREATE FUNCTION peoplecall.deadline_field(
	district_id int, complaint_id bigint, act text, task int) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT jsonb_build_object('due_at', peoplecall.local_time(k.due_at))
		  FROM peoplecall.clock AS k
		 WHERE k.district_id = deadline_field.district_id
		   AND k.complaint_id = deadline_field.complaint_id
		   AND k.stopped_at IS NULL
		   AND CASE act WHEN 'supervise' THEN k.kind = 'answer'
		                ELSE k.kind = 'resolve' AND k.task_seq = task END
		 ORDER BY k.seq DESC
		 LIMIT 1), '{}');
END
$$;
COMMENT ON FUNCTION peoplecall.deadline_field(int, bigint, text, int) IS
	'due_at of a notice: until when the supervision is answered, or the new lead''s share done';

CREATE FUNCTION peoplecall.tell_act(
	district_id int, complaint_id bigint, area peoplecall.areacode, template text,
	fields jsonb, tell bigint[], at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told bigint;
BEGIN
	FOREACH told IN ARRAY tell LOOP
		PERFORM peoplecall.send_notice(district_id, complaint_id, area, told, template,
			peoplecall.notice_fields(district_id, complaint_id) || fields, at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_act(int, bigint, peoplecall.areacode, text, jsonb, bigint[], timestamptz) IS
	'tells officers that command moved or that the matter is overdue; fields say what the complaint itself does not';
