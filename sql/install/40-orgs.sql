-- Functions that read as their caller ask this first.
CREATE FUNCTION peoplecall.require_tables() RETURNS void
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_require_tables';
COMMENT ON FUNCTION peoplecall.require_tables() IS
	'used by functions that read as their caller: 42501 where the ledger''s owner put a view in the place of a table, unless it is he who calls';

-- Categories: the operators of ltree, bound here once, since ltree may live
-- in any schema and a body with a pinned search_path cannot name it.
CREATE FUNCTION peoplecall.category_contains(outer_path ltree, inner_path ltree)
	RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT outer_path @> inner_path;
	END;
COMMENT ON FUNCTION peoplecall.category_contains(ltree, ltree) IS
	'whether the first category is the second or one of its ancestors; NULL for NULL';

CREATE FUNCTION peoplecall.category_is(a ltree, b ltree) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT a = b;
	END;
COMMENT ON FUNCTION peoplecall.category_is(ltree, ltree) IS
	'whether two categories are the same; NULL for NULL';

-- not STRICT, or the planner could not inline it
CREATE FUNCTION peoplecall.category_parent(path ltree) RETURNS ltree
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN nlevel(path) > 0 THEN subpath(path, 0, -1) END;
	END;
COMMENT ON FUNCTION peoplecall.category_parent(ltree) IS
	'the category one level up (the empty path above a single label); NULL for NULL and for the empty path';

CREATE FUNCTION peoplecall.category_depth(path ltree) RETURNS int
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT nlevel(path);
	END;
COMMENT ON FUNCTION peoplecall.category_depth(ltree) IS
	'how many labels a category has; NULL for NULL';

-- Orgs. All three read the rulebook as it is when the statement begins, even
-- inside REPEATABLE READ, and as its owner: the caller needs no right on it.
CREATE FUNCTION peoplecall.commanding_org(
	area peoplecall.areacode,
	level peoplecall.area_level,
	at timestamptz DEFAULT now())
	RETURNS bigint
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_commanding_org_sql';
COMMENT ON FUNCTION peoplecall.commanding_org(peoplecall.areacode, peoplecall.area_level, timestamptz) IS
	'the active territorial org that answers for the area at the level, else at the next level above that has one: by a jurisdiction valid on that day (in the time zone of the setting timezone), else by its own area; deepest area, then smallest id; NULL where none contains the area, and for NULL; PC002 without a ledger';

CREATE FUNCTION peoplecall.org_is_below(org bigint, above bigint)
	RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_org_is_below_sql';
COMMENT ON FUNCTION peoplecall.org_is_below(bigint, bigint) IS
	'whether the second org is the first or one of its superiors; NULL for NULL; PC005 for an org that does not exist, PC002 without a ledger';

CREATE FUNCTION peoplecall.org_covers(
	org bigint,
	area peoplecall.areacode,
	at timestamptz DEFAULT now())
	RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_org_covers_sql';
COMMENT ON FUNCTION peoplecall.org_covers(bigint, peoplecall.areacode, timestamptz) IS
	'whether the area lies in the org''s own area, unless that is above the level of its kind, or in a jurisdiction of it valid on that day (in the time zone of the setting timezone); also for an org not active; NULL for NULL; PC005 for an org that does not exist, PC002 without a ledger';
