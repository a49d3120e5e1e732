-- timelimit: how long a rule allows, in the rule's own unit.

CREATE TYPE peoplecall.timelimit;

CREATE FUNCTION peoplecall.timelimit_in(pg_catalog.cstring)
	RETURNS peoplecall.timelimit
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_in';

CREATE FUNCTION peoplecall.timelimit_out(peoplecall.timelimit)
	RETURNS pg_catalog.cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_out';

CREATE FUNCTION peoplecall.timelimit_recv(pg_catalog.internal)
	RETURNS peoplecall.timelimit
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_recv';

CREATE FUNCTION peoplecall.timelimit_send(peoplecall.timelimit)
	RETURNS pg_catalog.bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_send';

CREATE TYPE peoplecall.timelimit (
	INPUT = peoplecall.timelimit_in,
	OUTPUT = peoplecall.timelimit_out,
	RECEIVE = peoplecall.timelimit_recv,
	SEND = peoplecall.timelimit_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE peoplecall.timelimit IS
	'how long a rule allows: 30min, 2h (elapsed), 7d (same wall clock), 8wh (opening hours), 5wd (close of the fifth working day after the starting day), 0wd (close of the same working day)';

COMMENT ON FUNCTION peoplecall.timelimit_in(pg_catalog.cstring) IS
	'reads a whole number and its unit, min, h, d, wh or wd; 22P02 with the broken rule as detail';
COMMENT ON FUNCTION peoplecall.timelimit_recv(pg_catalog.internal) IS
	'reads a time limit in binary; 22P03 if it is none';

-- Comparison. By nominal length, then by unit; equal is the same text.

CREATE FUNCTION peoplecall.timelimit_lt(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_lt';
CREATE FUNCTION peoplecall.timelimit_le(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_le';
CREATE FUNCTION peoplecall.timelimit_eq(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_eq';
CREATE FUNCTION peoplecall.timelimit_ne(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_ne';
CREATE FUNCTION peoplecall.timelimit_ge(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_ge';
CREATE FUNCTION peoplecall.timelimit_gt(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_gt';
CREATE FUNCTION peoplecall.timelimit_cmp(peoplecall.timelimit, peoplecall.timelimit)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_cmp';
CREATE FUNCTION peoplecall.timelimit_sortsupport(pg_catalog.internal)
	RETURNS pg_catalog.void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_sortsupport';
CREATE FUNCTION peoplecall.timelimit_hash(peoplecall.timelimit)
	RETURNS pg_catalog.int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_hash';
CREATE FUNCTION peoplecall.timelimit_hash_extended(peoplecall.timelimit, pg_catalog.int8)
	RETURNS pg_catalog.int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
	AS 'MODULE_PATHNAME', 'pc_timelimit_hash_extended';

CREATE OPERATOR peoplecall.< (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_lt,
	COMMUTATOR = OPERATOR(peoplecall.>), NEGATOR = OPERATOR(peoplecall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR peoplecall.< (peoplecall.timelimit, peoplecall.timelimit) IS
	'is nominally shorter (1wh counts as 1h, 1wd as 1d; min, h, d, wh, wd break ties)';

CREATE OPERATOR peoplecall.<= (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_le,
	COMMUTATOR = OPERATOR(peoplecall.>=), NEGATOR = OPERATOR(peoplecall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR peoplecall.<= (peoplecall.timelimit, peoplecall.timelimit) IS
	'is nominally shorter or the same limit';

CREATE OPERATOR peoplecall.= (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_eq,
	COMMUTATOR = OPERATOR(peoplecall.=), NEGATOR = OPERATOR(peoplecall.<>),
	HASHES, MERGES,
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR peoplecall.= (peoplecall.timelimit, peoplecall.timelimit) IS
	'has the same amount and unit: 60min is not 1h';

CREATE OPERATOR peoplecall.<> (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_ne,
	COMMUTATOR = OPERATOR(peoplecall.<>), NEGATOR = OPERATOR(peoplecall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR peoplecall.<> (peoplecall.timelimit, peoplecall.timelimit) IS
	'differs in amount or unit';

CREATE OPERATOR peoplecall.>= (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_ge,
	COMMUTATOR = OPERATOR(peoplecall.<=), NEGATOR = OPERATOR(peoplecall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR peoplecall.>= (peoplecall.timelimit, peoplecall.timelimit) IS
	'is nominally longer or the same limit';

CREATE OPERATOR peoplecall.> (
	LEFTARG = peoplecall.timelimit, RIGHTARG = peoplecall.timelimit,
	FUNCTION = peoplecall.timelimit_gt,
	COMMUTATOR = OPERATOR(peoplecall.<), NEGATOR = OPERATOR(peoplecall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR peoplecall.> (peoplecall.timelimit, peoplecall.timelimit) IS
	'is nominally longer (1wh counts as 1h, 1wd as 1d; min, h, d, wh, wd break ties)';

CREATE OPERATOR CLASS peoplecall.timelimit_ops
	DEFAULT FOR TYPE peoplecall.timelimit USING btree AS
	OPERATOR 1 peoplecall.<,
	OPERATOR 2 peoplecall.<=,
	OPERATOR 3 peoplecall.=,
	OPERATOR 4 peoplecall.>=,
	OPERATOR 5 peoplecall.>,
	FUNCTION 1 peoplecall.timelimit_cmp(peoplecall.timelimit, peoplecall.timelimit),
	FUNCTION 2 peoplecall.timelimit_sortsupport(pg_catalog.internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);

CREATE OPERATOR CLASS peoplecall.timelimit_hash_ops
	DEFAULT FOR TYPE peoplecall.timelimit USING hash AS
	OPERATOR 1 peoplecall.=,
	FUNCTION 1 peoplecall.timelimit_hash(peoplecall.timelimit),
	FUNCTION 2 peoplecall.timelimit_hash_extended(peoplecall.timelimit, pg_catalog.int8);

CREATE FUNCTION peoplecall.scale(allowed peoplecall.timelimit, factor pg_catalog.float8)
	RETURNS peoplecall.timelimit
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_timelimit_scale';
COMMENT ON FUNCTION peoplecall.scale(peoplecall.timelimit, pg_catalog.float8) IS
	'the limit times a factor, rounded up to whole units and never below one unit unless it was 0; 22023 unless the factor is a positive number, 22003 if the result is too large';

-- Casts: to and from text through the type's own input and output.
CREATE CAST (peoplecall.timelimit AS pg_catalog.text)
	WITH INOUT AS ASSIGNMENT;
CREATE CAST (pg_catalog.text AS peoplecall.timelimit)
	WITH INOUT;

-- What types, operators and aggregates are made of.
COMMENT ON FUNCTION peoplecall.timelimit_out(peoplecall.timelimit) IS
	'text form';
COMMENT ON FUNCTION peoplecall.timelimit_send(peoplecall.timelimit) IS
	'binary form';
COMMENT ON FUNCTION peoplecall.timelimit_lt(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator <';
COMMENT ON FUNCTION peoplecall.timelimit_le(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator <=';
COMMENT ON FUNCTION peoplecall.timelimit_eq(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator =';
COMMENT ON FUNCTION peoplecall.timelimit_ne(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator <>';
COMMENT ON FUNCTION peoplecall.timelimit_ge(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator >=';
COMMENT ON FUNCTION peoplecall.timelimit_gt(peoplecall.timelimit, peoplecall.timelimit) IS
	'implementation of the operator >';
COMMENT ON FUNCTION peoplecall.timelimit_cmp(peoplecall.timelimit, peoplecall.timelimit) IS
	'less than, equal to or greater than 0, as the first comes before, with or after the second';
COMMENT ON FUNCTION peoplecall.timelimit_sortsupport(pg_catalog.internal) IS
	'sort support';
COMMENT ON FUNCTION peoplecall.timelimit_hash(peoplecall.timelimit) IS
	'hash';
COMMENT ON FUNCTION peoplecall.timelimit_hash_extended(peoplecall.timelimit, pg_catalog.int8) IS
	'hash with a seed';
