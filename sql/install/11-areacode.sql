-- areacode: the statistical division code (区划代码) with its tree. Stored as
-- fifteen digits in an int8; the text is in src/areacode_core.c.

CREATE TYPE peoplecall.areacode;

CREATE FUNCTION peoplecall.areacode_in(pg_catalog.cstring)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_in';

CREATE FUNCTION peoplecall.areacode_out(peoplecall.areacode)
	RETURNS pg_catalog.cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_out';

CREATE FUNCTION peoplecall.areacode_recv(pg_catalog.internal)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_recv';

CREATE FUNCTION peoplecall.areacode_send(peoplecall.areacode)
	RETURNS pg_catalog.bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_send';

CREATE FUNCTION peoplecall.areacode_typanalyze(pg_catalog.internal)
	RETURNS pg_catalog.bool
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_typanalyze';

CREATE TYPE peoplecall.areacode (
	INPUT = peoplecall.areacode_in,
	OUTPUT = peoplecall.areacode_out,
	RECEIVE = peoplecall.areacode_recv,
	SEND = peoplecall.areacode_send,
	ANALYZE = peoplecall.areacode_typanalyze,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE peoplecall.areacode IS
	'division code of an area (区划代码), 2, 4, 6, 9, 12 or 15 digits, or 0 for the root; segments of zeros at the end are dropped, so 420100 is printed 4201';

COMMENT ON FUNCTION peoplecall.areacode_in(pg_catalog.cstring) IS
	'reads an area code; 22P02 with the broken rule as detail';
COMMENT ON FUNCTION peoplecall.areacode_recv(pg_catalog.internal) IS
	'reads an area code in binary; 22P03 if it is none';

COMMENT ON FUNCTION peoplecall.areacode_typanalyze(pg_catalog.internal) IS
	'used by ANALYZE: besides the server''s statistics keeps how many rows lie within each area, level by level from the top, as long as the areas are ten times the column''s statistics target or fewer';

-- Estimators, named by the operators below.
CREATE FUNCTION peoplecall.areacode_rangesel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int4)
	RETURNS pg_catalog.float8
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_rangesel';
CREATE FUNCTION peoplecall.areacode_subtree_sel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int4)
	RETURNS pg_catalog.float8
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_subtree_sel';
CREATE FUNCTION peoplecall.areacode_subtree_joinsel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int2,
	pg_catalog.internal)
	RETURNS pg_catalog.float8
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_subtree_joinsel';

-- Comparison. A parent comes before its children, and a subtree is one run.

CREATE FUNCTION peoplecall.areacode_lt(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_lt';
CREATE FUNCTION peoplecall.areacode_le(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_le';
CREATE FUNCTION peoplecall.areacode_eq(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_eq';
CREATE FUNCTION peoplecall.areacode_ne(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_ne';
CREATE FUNCTION peoplecall.areacode_ge(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_ge';
CREATE FUNCTION peoplecall.areacode_gt(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_gt';
CREATE FUNCTION peoplecall.areacode_cmp(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_cmp';
CREATE FUNCTION peoplecall.areacode_sortsupport(pg_catalog.internal)
	RETURNS pg_catalog.void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_sortsupport';
CREATE FUNCTION peoplecall.areacode_hash(peoplecall.areacode)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_hash';
CREATE FUNCTION peoplecall.areacode_hash_extended(peoplecall.areacode, pg_catalog.int8)
	RETURNS pg_catalog.int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_hash_extended';

CREATE OPERATOR peoplecall.< (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_lt,
	COMMUTATOR = OPERATOR(peoplecall.>), NEGATOR = OPERATOR(peoplecall.>=),
	RESTRICT = peoplecall.areacode_rangesel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR peoplecall.< (peoplecall.areacode, peoplecall.areacode) IS
	'comes before, in the order of the digits';

CREATE OPERATOR peoplecall.<= (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_le,
	COMMUTATOR = OPERATOR(peoplecall.>=), NEGATOR = OPERATOR(peoplecall.>),
	RESTRICT = peoplecall.areacode_rangesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR peoplecall.<= (peoplecall.areacode, peoplecall.areacode) IS
	'comes before or is the same area';

CREATE OPERATOR peoplecall.= (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_eq,
	COMMUTATOR = OPERATOR(peoplecall.=), NEGATOR = OPERATOR(peoplecall.<>),
	HASHES, MERGES,
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR peoplecall.= (peoplecall.areacode, peoplecall.areacode) IS
	'is the same area';

CREATE OPERATOR peoplecall.<> (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_ne,
	COMMUTATOR = OPERATOR(peoplecall.<>), NEGATOR = OPERATOR(peoplecall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR peoplecall.<> (peoplecall.areacode, peoplecall.areacode) IS
	'is another area';

CREATE OPERATOR peoplecall.>= (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_ge,
	COMMUTATOR = OPERATOR(peoplecall.<=), NEGATOR = OPERATOR(peoplecall.<),
	RESTRICT = peoplecall.areacode_rangesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR peoplecall.>= (peoplecall.areacode, peoplecall.areacode) IS
	'comes after or is the same area';

CREATE OPERATOR peoplecall.> (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_gt,
	COMMUTATOR = OPERATOR(peoplecall.<), NEGATOR = OPERATOR(peoplecall.<=),
	RESTRICT = peoplecall.areacode_rangesel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR peoplecall.> (peoplecall.areacode, peoplecall.areacode) IS
	'comes after, in the order of the digits';

CREATE OPERATOR CLASS peoplecall.areacode_ops
	DEFAULT FOR TYPE peoplecall.areacode USING btree AS
	OPERATOR 1 peoplecall.<,
	OPERATOR 2 peoplecall.<=,
	OPERATOR 3 peoplecall.=,
	OPERATOR 4 peoplecall.>=,
	OPERATOR 5 peoplecall.>,
	FUNCTION 1 peoplecall.areacode_cmp(peoplecall.areacode, peoplecall.areacode),
	FUNCTION 2 peoplecall.areacode_sortsupport(pg_catalog.internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);

CREATE OPERATOR CLASS peoplecall.areacode_hash_ops
	DEFAULT FOR TYPE peoplecall.areacode USING hash AS
	OPERATOR 1 peoplecall.=,
	FUNCTION 1 peoplecall.areacode_hash(peoplecall.areacode),
	FUNCTION 2 peoplecall.areacode_hash_extended(peoplecall.areacode, pg_catalog.int8);

CREATE FUNCTION peoplecall.areacode_smaller(peoplecall.areacode, peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_smaller';
CREATE FUNCTION peoplecall.areacode_larger(peoplecall.areacode, peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_larger';

CREATE AGGREGATE peoplecall.min(peoplecall.areacode) (
	SFUNC = peoplecall.areacode_smaller,
	STYPE = peoplecall.areacode,
	COMBINEFUNC = peoplecall.areacode_smaller,
	SORTOP = OPERATOR(peoplecall.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE peoplecall.min(peoplecall.areacode) IS
	'the first code in the order of the digits; NULL of no row';

CREATE AGGREGATE peoplecall.max(peoplecall.areacode) (
	SFUNC = peoplecall.areacode_larger,
	STYPE = peoplecall.areacode,
	COMBINEFUNC = peoplecall.areacode_larger,
	SORTOP = OPERATOR(peoplecall.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE peoplecall.max(peoplecall.areacode) IS
	'the last code in the order of the digits; NULL of no row';

-- The tree.
CREATE FUNCTION peoplecall.level(area peoplecall.areacode)
	RETURNS peoplecall.area_level
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_level';
COMMENT ON FUNCTION peoplecall.level(peoplecall.areacode) IS
	'the level of an area; nation for the root';

CREATE FUNCTION peoplecall.parent(area peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_parent';
COMMENT ON FUNCTION peoplecall.parent(peoplecall.areacode) IS
	'the area one level up; segments of zeros are skipped, so the parent of 441900003 is 4419; NULL for the root';

CREATE FUNCTION peoplecall.ancestor(area peoplecall.areacode, level peoplecall.area_level)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_ancestor';
COMMENT ON FUNCTION peoplecall.ancestor(peoplecall.areacode, peoplecall.area_level) IS
	'the area at that level which contains the given one; an area at or above that level stays as it is';

CREATE FUNCTION peoplecall.lineage(area peoplecall.areacode)
	RETURNS peoplecall.areacode[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_lineage';
COMMENT ON FUNCTION peoplecall.lineage(peoplecall.areacode) IS
	'the areas that contain the given one, from the root to itself';

CREATE FUNCTION peoplecall.common_ancestor(a peoplecall.areacode, b peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_common_ancestor';
COMMENT ON FUNCTION peoplecall.common_ancestor(peoplecall.areacode, peoplecall.areacode) IS
	'the deepest area that contains both';

CREATE FUNCTION peoplecall.subtree_first(area peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_subtree_first';
COMMENT ON FUNCTION peoplecall.subtree_first(peoplecall.areacode) IS
	'the smallest code of the subtree of an area: the area itself';

CREATE FUNCTION peoplecall.subtree_last(area peoplecall.areacode)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_areacode_subtree_last';
COMMENT ON FUNCTION peoplecall.subtree_last(peoplecall.areacode) IS
	'the largest code of the subtree of an area: its digits filled up to 15 with 9; code BETWEEN subtree_first(area) AND subtree_last(area) says the same as code <@ area';

CREATE FUNCTION peoplecall.district_of_area(area peoplecall.areacode)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_district_of_area';
COMMENT ON FUNCTION peoplecall.district_of_area(peoplecall.areacode) IS
	'the first six digits: 420102, or 420100 where only the city is known, 420000 for a province, 0 for the root';

-- One function tells the planner about both operators.
CREATE FUNCTION peoplecall.areacode_support(pg_catalog.internal)
	RETURNS pg_catalog.internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_support';

CREATE FUNCTION peoplecall.areacode_within(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	SUPPORT peoplecall.areacode_support
	AS 'MODULE_PATHNAME', 'pc_areacode_within';
CREATE FUNCTION peoplecall.areacode_contains(peoplecall.areacode, peoplecall.areacode)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	SUPPORT peoplecall.areacode_support
	AS 'MODULE_PATHNAME', 'pc_areacode_contains';

CREATE OPERATOR peoplecall.<@ (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_within,
	COMMUTATOR = OPERATOR(peoplecall.@>),
	RESTRICT = peoplecall.areacode_subtree_sel,
	JOIN = peoplecall.areacode_subtree_joinsel
);
COMMENT ON OPERATOR peoplecall.<@ (peoplecall.areacode, peoplecall.areacode) IS
	'the left area lies in the subtree of the right one, or is the same';

CREATE OPERATOR peoplecall.@> (
	LEFTARG = peoplecall.areacode, RIGHTARG = peoplecall.areacode,
	FUNCTION = peoplecall.areacode_contains,
	COMMUTATOR = OPERATOR(peoplecall.<@),
	RESTRICT = peoplecall.areacode_subtree_sel,
	JOIN = peoplecall.areacode_subtree_joinsel
);
COMMENT ON OPERATOR peoplecall.@> (peoplecall.areacode, peoplecall.areacode) IS
	'the subtree of the left area contains the right one, or they are the same';

-- Casts. None is implicit: a code is no number to count with. To and from text
-- the server goes through the type's own input and output.
CREATE FUNCTION peoplecall.areacode(digits pg_catalog.int4)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_from_int4';
COMMENT ON FUNCTION peoplecall.areacode(pg_catalog.int4) IS
	'reads a number as the digits of an area code: 420102 is a district, 0 the root; 22003 if it is none';
CREATE FUNCTION peoplecall.areacode(digits pg_catalog.int8)
	RETURNS peoplecall.areacode
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_areacode_from_int8';
COMMENT ON FUNCTION peoplecall.areacode(pg_catalog.int8) IS
	'reads a number as the digits of an area code: 420102 is a district, 0 the root; 22003 if it is none';

CREATE CAST (pg_catalog.int4 AS peoplecall.areacode)
	WITH FUNCTION peoplecall.areacode(pg_catalog.int4);
CREATE CAST (pg_catalog.int8 AS peoplecall.areacode)
	WITH FUNCTION peoplecall.areacode(pg_catalog.int8);
CREATE CAST (peoplecall.areacode AS pg_catalog.int8)
	WITHOUT FUNCTION;
CREATE CAST (peoplecall.areacode AS pg_catalog.text)
	WITH INOUT AS ASSIGNMENT;
CREATE CAST (pg_catalog.text AS peoplecall.areacode)
	WITH INOUT;
COMMENT ON CAST (peoplecall.areacode AS pg_catalog.int8) IS
	'all fifteen digits, 420102 as 420102000000000, so that numbers are in the order of the codes; casts back to the same area';
COMMENT ON CAST (pg_catalog.int8 AS peoplecall.areacode) IS
	'reads a number as the digits of an area code; 22003 if it is none';
COMMENT ON CAST (pg_catalog.int4 AS peoplecall.areacode) IS
	'reads a number as the digits of an area code; 22003 if it is none';

-- What types, operators and aggregates are made of.
COMMENT ON FUNCTION peoplecall.areacode_out(peoplecall.areacode) IS
	'text form';
COMMENT ON FUNCTION peoplecall.areacode_send(peoplecall.areacode) IS
	'binary form';
COMMENT ON FUNCTION peoplecall.areacode_lt(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator <';
COMMENT ON FUNCTION peoplecall.areacode_le(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator <=';
COMMENT ON FUNCTION peoplecall.areacode_eq(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator =';
COMMENT ON FUNCTION peoplecall.areacode_ne(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator <>';
COMMENT ON FUNCTION peoplecall.areacode_ge(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator >=';
COMMENT ON FUNCTION peoplecall.areacode_gt(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator >';
COMMENT ON FUNCTION peoplecall.areacode_cmp(peoplecall.areacode, peoplecall.areacode) IS
	'less than, equal to or greater than 0, as the first comes before, with or after the second';
COMMENT ON FUNCTION peoplecall.areacode_sortsupport(pg_catalog.internal) IS
	'sort support';
COMMENT ON FUNCTION peoplecall.areacode_hash(peoplecall.areacode) IS
	'hash';
COMMENT ON FUNCTION peoplecall.areacode_hash_extended(peoplecall.areacode, pg_catalog.int8) IS
	'hash with a seed';
COMMENT ON FUNCTION peoplecall.areacode_smaller(peoplecall.areacode, peoplecall.areacode) IS
	'the smaller of two';
COMMENT ON FUNCTION peoplecall.areacode_larger(peoplecall.areacode, peoplecall.areacode) IS
	'the larger of two';
COMMENT ON FUNCTION peoplecall.areacode_within(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator <@';
COMMENT ON FUNCTION peoplecall.areacode_contains(peoplecall.areacode, peoplecall.areacode) IS
	'implementation of the operator @>';
COMMENT ON FUNCTION peoplecall.areacode_support(pg_catalog.internal) IS
	'planner support of the operators <@ and @>';
COMMENT ON FUNCTION peoplecall.areacode_rangesel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int4) IS
	'restriction selectivity of <, <=, >= and >';
COMMENT ON FUNCTION peoplecall.areacode_subtree_sel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int4) IS
	'restriction selectivity of <@ and @>';
COMMENT ON FUNCTION peoplecall.areacode_subtree_joinsel(
	pg_catalog.internal, pg_catalog.oid, pg_catalog.internal, pg_catalog.int2,
	pg_catalog.internal) IS
	'join selectivity of <@ and @>';
