-- grade: how difficult a matter is (甲乙丙丁), and so which level judges it.

CREATE TYPE peoplecall.grade;

CREATE FUNCTION peoplecall.grade_in(pg_catalog.cstring)
	RETURNS peoplecall.grade
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_in';

CREATE FUNCTION peoplecall.grade_out(peoplecall.grade)
	RETURNS pg_catalog.cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_out';

CREATE FUNCTION peoplecall.grade_recv(pg_catalog.internal)
	RETURNS peoplecall.grade
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_recv';

CREATE FUNCTION peoplecall.grade_send(peoplecall.grade)
	RETURNS pg_catalog.bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_send';

CREATE TYPE peoplecall.grade (
	INPUT = peoplecall.grade_in,
	OUTPUT = peoplecall.grade_out,
	RECEIVE = peoplecall.grade_recv,
	SEND = peoplecall.grade_send,
	INTERNALLENGTH = 1,
	PASSEDBYVALUE,
	ALIGNMENT = char
);
COMMENT ON TYPE peoplecall.grade IS
	'grade of difficulty: A (甲, judged by the community), B (乙, street), C (丙, district), D (丁, city)';

COMMENT ON FUNCTION peoplecall.grade_in(pg_catalog.cstring) IS
	'reads A to D in either case, or 甲乙丙丁; 22P02 otherwise';
COMMENT ON FUNCTION peoplecall.grade_recv(pg_catalog.internal) IS
	'reads a grade in binary; 22P03 if it is none';

-- Comparison. A is the easiest, D the hardest.

CREATE FUNCTION peoplecall.grade_lt(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_lt';
CREATE FUNCTION peoplecall.grade_le(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_le';
CREATE FUNCTION peoplecall.grade_eq(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_eq';
CREATE FUNCTION peoplecall.grade_ne(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_ne';
CREATE FUNCTION peoplecall.grade_ge(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_ge';
CREATE FUNCTION peoplecall.grade_gt(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_gt';
CREATE FUNCTION peoplecall.grade_cmp(peoplecall.grade, peoplecall.grade)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_cmp';
CREATE FUNCTION peoplecall.grade_sortsupport(pg_catalog.internal)
	RETURNS pg_catalog.void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_sortsupport';
CREATE FUNCTION peoplecall.grade_hash(peoplecall.grade)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_hash';
CREATE FUNCTION peoplecall.grade_hash_extended(peoplecall.grade, pg_catalog.int8)
	RETURNS pg_catalog.int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_grade_hash_extended';

CREATE OPERATOR peoplecall.< (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_lt,
	COMMUTATOR = OPERATOR(peoplecall.>), NEGATOR = OPERATOR(peoplecall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR peoplecall.< (peoplecall.grade, peoplecall.grade) IS
	'is easier';

CREATE OPERATOR peoplecall.<= (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_le,
	COMMUTATOR = OPERATOR(peoplecall.>=), NEGATOR = OPERATOR(peoplecall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR peoplecall.<= (peoplecall.grade, peoplecall.grade) IS
	'is easier or the same grade';

CREATE OPERATOR peoplecall.= (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_eq,
	COMMUTATOR = OPERATOR(peoplecall.=), NEGATOR = OPERATOR(peoplecall.<>),
	HASHES, MERGES,
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR peoplecall.= (peoplecall.grade, peoplecall.grade) IS
	'is the same grade';

CREATE OPERATOR peoplecall.<> (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_ne,
	COMMUTATOR = OPERATOR(peoplecall.<>), NEGATOR = OPERATOR(peoplecall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR peoplecall.<> (peoplecall.grade, peoplecall.grade) IS
	'is another grade';

CREATE OPERATOR peoplecall.>= (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_ge,
	COMMUTATOR = OPERATOR(peoplecall.<=), NEGATOR = OPERATOR(peoplecall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR peoplecall.>= (peoplecall.grade, peoplecall.grade) IS
	'is harder or the same grade';

CREATE OPERATOR peoplecall.> (
	LEFTARG = peoplecall.grade, RIGHTARG = peoplecall.grade,
	FUNCTION = peoplecall.grade_gt,
	COMMUTATOR = OPERATOR(peoplecall.<), NEGATOR = OPERATOR(peoplecall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR peoplecall.> (peoplecall.grade, peoplecall.grade) IS
	'is harder';

CREATE OPERATOR CLASS peoplecall.grade_ops
	DEFAULT FOR TYPE peoplecall.grade USING btree AS
	OPERATOR 1 peoplecall.<,
	OPERATOR 2 peoplecall.<=,
	OPERATOR 3 peoplecall.=,
	OPERATOR 4 peoplecall.>=,
	OPERATOR 5 peoplecall.>,
	FUNCTION 1 peoplecall.grade_cmp(peoplecall.grade, peoplecall.grade),
	FUNCTION 2 peoplecall.grade_sortsupport(pg_catalog.internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);

CREATE OPERATOR CLASS peoplecall.grade_hash_ops
	DEFAULT FOR TYPE peoplecall.grade USING hash AS
	OPERATOR 1 peoplecall.=,
	FUNCTION 1 peoplecall.grade_hash(peoplecall.grade),
	FUNCTION 2 peoplecall.grade_hash_extended(peoplecall.grade, pg_catalog.int8);

CREATE FUNCTION peoplecall.grade_smaller(peoplecall.grade, peoplecall.grade)
	RETURNS peoplecall.grade
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_smaller';
CREATE FUNCTION peoplecall.grade_larger(peoplecall.grade, peoplecall.grade)
	RETURNS peoplecall.grade
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_larger';

CREATE AGGREGATE peoplecall.min(peoplecall.grade) (
	SFUNC = peoplecall.grade_smaller,
	STYPE = peoplecall.grade,
	COMBINEFUNC = peoplecall.grade_smaller,
	SORTOP = OPERATOR(peoplecall.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE peoplecall.min(peoplecall.grade) IS
	'the easiest grade; NULL of no row';

CREATE AGGREGATE peoplecall.max(peoplecall.grade) (
	SFUNC = peoplecall.grade_larger,
	STYPE = peoplecall.grade,
	COMBINEFUNC = peoplecall.grade_larger,
	SORTOP = OPERATOR(peoplecall.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE peoplecall.max(peoplecall.grade) IS
	'the hardest grade; NULL of no row';

CREATE FUNCTION peoplecall.command_level(grade peoplecall.grade)
	RETURNS peoplecall.area_level
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_command_level';
COMMENT ON FUNCTION peoplecall.command_level(peoplecall.grade) IS
	'the level whose territorial org judges a matter of this grade: community for A, street for B, district for C, city for D';

CREATE FUNCTION peoplecall.raise(grade peoplecall.grade)
	RETURNS peoplecall.grade
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_raise';
COMMENT ON FUNCTION peoplecall.raise(peoplecall.grade) IS
	'the next harder grade; D stays D';

-- Casts: to and from text through the type's own input and output.
CREATE CAST (peoplecall.grade AS pg_catalog.text)
	WITH INOUT AS ASSIGNMENT;
CREATE CAST (pg_catalog.text AS peoplecall.grade)
	WITH INOUT;

-- What types, operators and aggregates are made of.
COMMENT ON FUNCTION peoplecall.grade_out(peoplecall.grade) IS
	'text form';
COMMENT ON FUNCTION peoplecall.grade_send(peoplecall.grade) IS
	'binary form';
COMMENT ON FUNCTION peoplecall.grade_lt(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator <';
COMMENT ON FUNCTION peoplecall.grade_le(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator <=';
COMMENT ON FUNCTION peoplecall.grade_eq(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator =';
COMMENT ON FUNCTION peoplecall.grade_ne(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator <>';
COMMENT ON FUNCTION peoplecall.grade_ge(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator >=';
COMMENT ON FUNCTION peoplecall.grade_gt(peoplecall.grade, peoplecall.grade) IS
	'implementation of the operator >';
COMMENT ON FUNCTION peoplecall.grade_cmp(peoplecall.grade, peoplecall.grade) IS
	'less than, equal to or greater than 0, as the first comes before, with or after the second';
COMMENT ON FUNCTION peoplecall.grade_sortsupport(pg_catalog.internal) IS
	'sort support';
COMMENT ON FUNCTION peoplecall.grade_hash(peoplecall.grade) IS
	'hash';
COMMENT ON FUNCTION peoplecall.grade_hash_extended(peoplecall.grade, pg_catalog.int8) IS
	'hash with a seed';
COMMENT ON FUNCTION peoplecall.grade_smaller(peoplecall.grade, peoplecall.grade) IS
	'the smaller of two';
COMMENT ON FUNCTION peoplecall.grade_larger(peoplecall.grade, peoplecall.grade) IS
	'the larger of two';
