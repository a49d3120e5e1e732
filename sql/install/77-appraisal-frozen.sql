-- Periods that were frozen, by which rules, and how they compare.

-- A digest for each table of rules: whoever reads a frozen figure later can tell
-- whether the limits, calendars, ladder or responsibilities were others then.
CREATE FUNCTION peoplecall.rulebook_version() RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ruled text;
	digest text;
	version jsonb := jsonb_build_object();
BEGIN
	PERFORM peoplecall.gate_actor();
	FOR ruled IN
		SELECT t.name FROM unnest(ARRAY['calendar', 'calendar_window', 'calendar_day', 'category',
			'escalation_step', 'grade_rule', 'jurisdiction', 'org', 'org_kind', 'responsibility',
			'setting', 'sla_policy']) AS t (name)
	LOOP
		EXECUTE format($sql$
			SELECT encode(sha256(convert_to(coalesce(string_agg(r.line, E'\n' ORDER BY r.line COLLATE "C"), ''), 'UTF8')), 'hex')
			  FROM (SELECT to_jsonb(t)::text AS line FROM peoplecall.%I AS t) AS r
		$sql$, ruled) INTO digest;
		version := version || jsonb_build_object(ruled, digest);
	END LOOP;
	RETURN version || jsonb_build_object('version',
		encode(sha256(convert_to(version::text, 'UTF8')), 'hex'));
END
$$;
COMMENT ON FUNCTION peoplecall.rulebook_version() IS
	'inside a verb: a SHA-256 digest of each table of rules as it stands, and one of all (version); 42501 outside';

CREATE FUNCTION peoplecall.freeze_appraisal(
	from_day date, to_day date, area peoplecall.areacode DEFAULT NULL) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.freeze_appraisal(date, date, peoplecall.areacode) IS
	'stores the figures of a period that is over, both days in it, of every org of an area (NULL: all) in table appraisal, with the version of the rulebook; returns the number of rows; they never change; 22004, 22023 for a period that is not over, 23505 where one of these orgs has it frozen already, 42501';

CREATE FUNCTION peoplecall.freeze_appraisal_body(
	from_day date, to_day date, area peoplecall.areacode) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	frozen daterange;
	first timestamptz;
	stored int;
BEGIN
	IF num_nulls(from_day, to_day) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_day and to_day must not be null';
	END IF;
	PERFORM peoplecall.require_period(from_day, to_day, NULL);
	area := coalesce(area, '0'::peoplecall.areacode);
	PERFORM peoplecall.gate_area(area, NULL, NULL);
	IF to_day >= peoplecall.city_day(at) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('the period until %s is not over', to_day),
			DETAIL = format('Today is %s.', peoplecall.city_day(at)),
			HINT = 'appraise() shows how it stands.';
	END IF;
	frozen := daterange(from_day, to_day, '[]');
	-- two at once follow one another, and the second finds the first's rows
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.freeze_appraisal', 0));
	SELECT min(a.frozen_at) INTO first
	  FROM peoplecall.appraisal AS a
	 WHERE a.period = frozen
	   AND a.area OPERATOR(peoplecall.<@) freeze_appraisal_body.area;
	IF first IS NOT NULL THEN
		RAISE unique_violation USING
			MESSAGE = format('the period from %s to %s is frozen already', from_day, to_day),
			DETAIL = format('It was frozen at %s.', peoplecall.local_time(first)),
			HINT = 'Read it in table appraisal; appraise() shows how the same period stands now.';
	END IF;

	INSERT INTO peoplecall.appraisal (district_id, period, org, course, area, figures, rules,
		frozen_by, frozen_at)
	SELECT peoplecall.district_of_area(r.area), frozen, r.org, c.course, r.area,
	       to_jsonb(r) - '{org,kind,area,name}'::text[], v.rules, peoplecall.gate_actor(), at
	  FROM (SELECT peoplecall.rulebook_version() AS rules OFFSET 0) AS v
	 CROSS JOIN unnest('{handled,patrol,consult}'::text[]) AS c (course)
	 CROSS JOIN LATERAL peoplecall.appraisal_rows(from_day, to_day, at, NULL, NULL, NULL,
		NULL, NULL, c.course, 'org') AS r
	 WHERE r.area OPERATOR(peoplecall.<@) freeze_appraisal_body.area;
	GET DIAGNOSTICS stored = ROW_COUNT;
	RETURN stored;
END
$$;
COMMENT ON FUNCTION peoplecall.freeze_appraisal_body(date, date, peoplecall.areacode) IS 'body of freeze_appraisal()';

-- What a code has become by a day, following mergers, renamings and moves from
-- one to the next. A split has no one heir, and what was recorded under the old
-- code stays there.
CREATE FUNCTION peoplecall.area_heirs(until_day date)
	RETURNS TABLE (old peoplecall.areacode, heir peoplecall.areacode)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH RECURSIVE step AS (
		SELECT c.old, c.new, c.day
		  FROM peoplecall.area_change AS c
		 WHERE c.kind IN ('merge', 'rename', 'move') AND c.day <= until_day
		   AND c.old OPERATOR(peoplecall.<>) c.new
	), path AS (
		SELECT s.old, s.new AS heir, s.day FROM step AS s
		 UNION
		SELECT p.old, s.new, s.day
		  FROM path AS p
		  JOIN step AS s ON s.old OPERATOR(peoplecall.=) p.heir AND s.day >= p.day
		 WHERE s.new OPERATOR(peoplecall.<>) p.old
	)
	SELECT DISTINCT ON (p.old) p.old, p.heir
	  FROM path AS p
	 WHERE NOT EXISTS (
		SELECT FROM step AS s
		 WHERE s.old OPERATOR(peoplecall.=) p.heir AND s.day >= p.day
		   AND s.new OPERATOR(peoplecall.<>) p.old)
	 ORDER BY p.old, p.day DESC;
END
$$;
COMMENT ON FUNCTION peoplecall.area_heirs(date) IS
	'codes that were merged, renamed or moved by a day, each with the one that answers for it then; used by trend()';

CREATE FUNCTION peoplecall.trend(
	area peoplecall.areacode, from_day date DEFAULT NULL, to_day date DEFAULT NULL,
	course text DEFAULT 'handled')
	RETURNS TABLE (measure text, value numeric, per_10000 numeric,
		before numeric, points numeric, percent numeric,
		year_before numeric, year_points numeric, year_percent numeric)
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 15 AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.trend(peoplecall.areacode, date, date, text) IS
	'the figures of an area in a period (NULL: this month so far) beside the period before, of as many months or days, and the same days a year before: the difference in points (of a rate: percentage points), the change in per cent, counts per 10,000 residents; matters of areas that were merged into it since count for it, those of areas that left it do not; 22004, 22023, 42501';

CREATE FUNCTION peoplecall.trend_body(
	area peoplecall.areacode, from_day date, to_day date, course text)
	RETURNS TABLE (measure text, value numeric, per_10000 numeric,
		before numeric, points numeric, percent numeric,
		year_before numeric, year_points numeric, year_percent numeric)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	today date := peoplecall.city_day(at);
	months int;
	before_from date;
	before_to date;
	within peoplecall.areacode[];
	without peoplecall.areacode[];
	people int;
BEGIN
	IF area IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'area must not be null';
	END IF;
	to_day := coalesce(to_day, today);
	from_day := coalesce(from_day, date_trunc('month', to_day::timestamp)::date);
	PERFORM peoplecall.require_period(from_day, to_day, course);
	PERFORM peoplecall.gate_area(area, NULL, NULL);

	-- whole months are compared with whole months, however long these are
	IF extract(day FROM from_day) = 1 AND extract(day FROM to_day + 1) = 1 THEN
		months := ((extract(year FROM to_day + 1) - extract(year FROM from_day)) * 12
			+ extract(month FROM to_day + 1) - extract(month FROM from_day))::int;
		before_from := (from_day - make_interval(months => months))::date;
	ELSE
		before_from := from_day - (to_day - from_day + 1);
	END IF;
	before_to := from_day - 1;

	within := ARRAY[area] || ARRAY(
		SELECT h.old
		  FROM peoplecall.area_heirs(least(to_day, today)) AS h
		 WHERE h.heir OPERATOR(peoplecall.<@) trend_body.area
		   AND NOT h.old OPERATOR(peoplecall.<@) trend_body.area);
	without := nullif(ARRAY(
		SELECT h.old
		  FROM peoplecall.area_heirs(least(to_day, today)) AS h
		 WHERE h.old OPERATOR(peoplecall.<@) trend_body.area
		   AND NOT h.heir OPERATOR(peoplecall.<@) trend_body.area), '{}');
	people := (SELECT nullif(a.residents, 0) FROM peoplecall.area AS a
	            WHERE a.code OPERATOR(peoplecall.=) trend_body.area);

	RETURN QUERY
	WITH period (name, starts, ends) AS (
		VALUES ('now', from_day, to_day), ('before', before_from, before_to),
		       ('year', (from_day - interval '1 year')::date,
			CASE WHEN months IS NULL THEN (to_day - interval '1 year')::date
			     ELSE (to_day + 1 - interval '1 year')::date - 1 END)
	), figures AS MATERIALIZED (
		SELECT p.name, to_jsonb(r) AS row
		  FROM period AS p
		 CROSS JOIN LATERAL peoplecall.appraisal_rows(p.starts, p.ends, at, within, without,
			NULL, NULL, NULL, course, 'all') AS r
	), measured AS (
		SELECT m.name, m.place, m.rate,
		       max(CASE WHEN f.name = 'now' THEN (f.row ->> m.name)::numeric END) AS value,
		       max(CASE WHEN f.name = 'before' THEN (f.row ->> m.name)::numeric END) AS before,
		       max(CASE WHEN f.name = 'year' THEN (f.row ->> m.name)::numeric END) AS year
		  FROM (SELECT x.name, x.place, x.name LIKE '%\_rate' OR x.name = 'coverage' AS rate
		          FROM unnest('{matters,filed,due,closed,closed_rate,on_time,on_time_rate,overturned,excluded,extended,returned,reopened,urged,below_rate,contact_rate,solved_rate,satisfied_rate,coverage}'::text[])
		               WITH ORDINALITY AS x (name, place)) AS m
		  LEFT JOIN figures AS f ON true
		 GROUP BY m.name, m.place, m.rate
	), filled AS (
		-- nothing happened is a count of 0, but no rate
		SELECT m.name, m.place, m.rate,
		       CASE WHEN m.rate THEN m.value ELSE coalesce(m.value, 0) END AS value,
		       CASE WHEN m.rate THEN m.before ELSE coalesce(m.before, 0) END AS before,
		       CASE WHEN m.rate THEN m.year ELSE coalesce(m.year, 0) END AS year
		  FROM measured AS m
	)
	SELECT f.name, f.value, CASE WHEN NOT f.rate THEN round(f.value * 10000 / people, 2) END,
	       f.before, f.value - f.before, round(100 * (f.value - f.before) / nullif(f.before, 0), 2),
	       f.year, f.value - f.year, round(100 * (f.value - f.year) / nullif(f.year, 0), 2)
	  FROM filled AS f
	 ORDER BY f.place;
END
$$;
COMMENT ON FUNCTION peoplecall.trend_body(peoplecall.areacode, date, date, text) IS 'body of trend()';
