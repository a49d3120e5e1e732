-- A matter against an org goes to its superior, or to a body that inspects:
-- who commands it then, who leads it, who is told.

CREATE FUNCTION peoplecall.may_judge(org bigint, subject_org bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN org IS NOT NULL AND NOT peoplecall.org_is_below(org, subject_org) AND (
		SELECT k.outside OR o.superior IS NULL OR o.commanded_by IS NOT DISTINCT FROM may_judge.org
		       OR peoplecall.org_is_below(o.id, may_judge.org)
		  FROM peoplecall.org AS o
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		 WHERE o.id = subject_org);
END
$$;
COMMENT ON FUNCTION peoplecall.may_judge(bigint, bigint) IS
	'whether the first org may command a matter about the second: it is above that one, by the line or by the area''s command; about an outside body or one without a superior, every org may that is not below it';

CREATE FUNCTION peoplecall.inspecting_org(area peoplecall.areacode, subject_org bigint, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT o.id
	          FROM peoplecall.org AS o
	          JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	         WHERE k.inspects AND o.active AND o.id IS DISTINCT FROM inspecting_org.subject_org
	           AND peoplecall.org_covers(o.id, inspecting_org.area, inspecting_org.at)
	         ORDER BY peoplecall.level(o.area) DESC, o.id
	         LIMIT 1);
END
$$;
COMMENT ON FUNCTION peoplecall.inspecting_org(peoplecall.areacode, bigint, timestamptz) IS
	'the active body that inspects and covers the area, the nearest first, other than the org that the matter is about; NULL where there is none';

CREATE FUNCTION peoplecall.command_for(
	area peoplecall.areacode, asked peoplecall.area_level, subject_org bigint, at timestamptz,
	OUT level peoplecall.area_level, OUT org bigint)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	higher peoplecall.area_level := asked;
BEGIN
	level := asked;
	org := peoplecall.commanding_org(area, asked, at);
	IF subject_org IS NULL OR peoplecall.may_judge(org, subject_org) THEN
		RETURN;
	END IF;
	FOR higher IN
		SELECT l.level
		  FROM unnest(enum_range('nation'::peoplecall.area_level, asked)) AS l (level)
		 ORDER BY 1 DESC
	LOOP
		org := peoplecall.commanding_org(area, higher, at);
		IF peoplecall.may_judge(org, subject_org) THEN
			level := least(asked, (SELECT k.level
			                         FROM peoplecall.org AS o
			                         JOIN peoplecall.org_kind AS k ON k.kind = o.kind
			                        WHERE o.id = command_for.org));
			RETURN;
		END IF;
	END LOOP;
	org := peoplecall.inspecting_org(area, subject_org, at);
	level := coalesce((SELECT least(asked, peoplecall.level(o.area))
	                     FROM peoplecall.org AS o WHERE o.id = command_for.org), asked);
END
$$;
COMMENT ON FUNCTION peoplecall.command_for(peoplecall.areacode, peoplecall.area_level, bigint, timestamptz) IS
	'who commands a matter of the area, and at which level: commanding_org() at the level asked; about an org, the first at that level or above that may judge it, else the body that inspects there; org NULL where nobody may';

CREATE FUNCTION peoplecall.lead_for(
	category ltree, area peoplecall.areacode, grade peoplecall.grade, at timestamptz,
	subject_org bigint, command_org bigint,
	OUT org bigint, OUT responsibility bigint, OUT ruling bigint)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT r.org, r.responsibility, r.ruling INTO org, responsibility, ruling
	  FROM peoplecall.responsible_rule(category, area, grade, at, subject_org) AS r;
	IF subject_org IS NOT NULL AND responsibility IS NULL THEN
		org := (SELECT o.id
		          FROM peoplecall.org AS o
		          JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		         WHERE o.id = command_org AND k.territorial);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.lead_for(ltree, peoplecall.areacode, peoplecall.grade, timestamptz, bigint, bigint) IS
	'responsible_rule(); but where no rule answers for a matter about an org, the territorial org that commands it, not the next one in the area; org NULL where a body that inspects commands, which names the lead itself';

-- Above the top org there is only who inspects.
CREATE FUNCTION peoplecall.tell_inspection(district_id int, complaint_id bigint, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	told bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = tell_inspection.district_id AND m.id = tell_inspection.complaint_id;
	IF NOT EXISTS (
		SELECT FROM peoplecall.org AS o
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		 WHERE o.id = c.subject_org AND o.superior IS NULL AND NOT k.outside)
	THEN
		RETURN NULL;
	END IF;
	told := peoplecall.officer_for(peoplecall.inspecting_org(c.area, c.subject_org, at),
		'leader_in_charge', at);
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, 'subject',
		peoplecall.notice_fields(c.district_id, c.id) || jsonb_build_object('org',
			(SELECT o.name FROM peoplecall.org AS o WHERE o.id = c.subject_org)), at);
	RETURN told;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_inspection(int, bigint, timestamptz) IS
	'used by submit(): a matter about an org without a superior is told to the body that inspects; the officer told, NULL for none';

-- The org above the one that commands, for what that one has decided.
CREATE FUNCTION peoplecall.supervising_org(
	area peoplecall.areacode, level peoplecall.area_level, command_org bigint,
	subject_org bigint, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(
		peoplecall.commanding_org(area, peoplecall.next_command(area, level, command_org,
			subject_org, NULL, at), at),
		peoplecall.inspecting_org(area, subject_org, at), command_org);
END
$$;
COMMENT ON FUNCTION peoplecall.supervising_org(peoplecall.areacode, peoplecall.area_level, bigint, bigint, timestamptz) IS
	'the territorial org that commands next above; at the top the body that inspects, else the one that commands itself';
