-- Texts as sets of character 2-grams, and how much two of them are alike.

CREATE FUNCTION peoplecall.text_grams(body text) RETURNS int[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'pc_text_grams';
COMMENT ON FUNCTION peoplecall.text_grams(text) IS
	'the distinct character 2-grams of a text, ascending: white space, punctuation and symbols left out, ASCII case and wide forms folded; the same whatever the locale';

CREATE FUNCTION peoplecall.text_digest(body text) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pc_text_digest_of';
COMMENT ON FUNCTION peoplecall.text_digest(text) IS
	'a number for a text, equal for texts that differ in what text_grams() leaves out or folds alone';

CREATE FUNCTION peoplecall.likeness(a int[], b int[]) RETURNS float8
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pc_likeness_of';
COMMENT ON FUNCTION peoplecall.likeness(int[], int[]) IS
	'how much two texts are alike, from 0 to 1, by their text_grams(), the rare ones weighing more (table gram_rarity); PC002 where no ledger stands';

CREATE FUNCTION peoplecall.rare_grams(grams int[]) RETURNS int[]
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pc_rare_grams';
COMMENT ON FUNCTION peoplecall.rare_grams(int[]) IS
	'used by similar_complaints(): the grams by which texts like this one are looked for, rarest first: so many that together they are in a fifth of all texts, but 4 at least and 32 at most; PC002';

-- A key is a gram in a district and in sixteen days. Row policies stand before
-- an index condition unless it is leakproof; core's && for arrays is not.
CREATE FUNCTION peoplecall.gram_keys(district_id int, at timestamptz, grams int[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'pc_gram_keys';
COMMENT ON FUNCTION peoplecall.gram_keys(int, timestamptz, int[]) IS
	'used by the index complaint_text_keys: the keys of a text, each gram with the district and the sixteen days that the time lies in';

CREATE FUNCTION peoplecall.search_keys(districts int[], from_at timestamptz, to_at timestamptz, grams int[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_search_keys';
COMMENT ON FUNCTION peoplecall.search_keys(int[], timestamptz, timestamptz, int[]) IS
	'used by similar_complaints(): the keys under which texts with one of the grams are found in those districts and that time; 54000 where they are more than 100,000';

CREATE FUNCTION peoplecall.keys_overlap(a bigint[], b bigint[]) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'pc_keys_overlap';
COMMENT ON FUNCTION peoplecall.keys_overlap(bigint[], bigint[]) IS 'used by the operator ~&: whether two arrays of keys have one in common';

CREATE OPERATOR peoplecall.~& (
	FUNCTION = peoplecall.keys_overlap,
	LEFTARG = bigint[], RIGHTARG = bigint[],
	COMMUTATOR = OPERATOR(peoplecall.~&),
	RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR peoplecall.~& (bigint[], bigint[]) IS 'have a key in common';

CREATE OPERATOR CLASS peoplecall.gram_key_ops
	FOR TYPE bigint[] USING gin AS
	OPERATOR 1 peoplecall.~& (bigint[], bigint[]),
	FUNCTION 1 btint8cmp(bigint, bigint),
	FUNCTION 2 ginarrayextract(anyarray, internal, internal),
	FUNCTION 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
	FUNCTION 6 ginarraytriconsistent(internal, smallint, anyarray, integer, internal, internal, internal),
	STORAGE bigint;
COMMENT ON OPERATOR CLASS peoplecall.gram_key_ops USING gin IS 'GIN over keys of grams, with a comparison that row policies let pass';

CREATE FUNCTION peoplecall.alike_groups_add(state internal, id bigint, grams int[], threshold float8) RETURNS internal
	LANGUAGE c STABLE PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'pc_alike_groups_add';
COMMENT ON FUNCTION peoplecall.alike_groups_add(internal, bigint, int[], float8) IS 'used by alike_groups(): its step';
CREATE FUNCTION peoplecall.alike_groups_final(state internal) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_alike_groups_final';
COMMENT ON FUNCTION peoplecall.alike_groups_final(internal) IS 'used by alike_groups(): its last step';
CREATE AGGREGATE peoplecall.alike_groups(id bigint, grams int[], threshold float8) (
	SFUNC = peoplecall.alike_groups_add, STYPE = internal,
	FINALFUNC = peoplecall.alike_groups_final, FINALFUNC_MODIFY = READ_ONLY);
COMMENT ON AGGREGATE peoplecall.alike_groups(bigint, int[], float8) IS
	'used by hot_matters(): groups texts, in the order given: each joins the group to whose first text it is most alike, from the threshold on, or begins its own; returns each id and that of its group''s first, in turn; PC002';

CREATE FUNCTION peoplecall.setting_number(name text, otherwise float8) RETURNS float8
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_setting_number';
COMMENT ON FUNCTION peoplecall.setting_number(text, float8) IS
	'used by functions that run as their reader: a number of the table setting, for whoever may not read the table, or what stands where it is missing; PC002';
