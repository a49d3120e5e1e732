-- The digest that chains a complaint's events.
CREATE FUNCTION peoplecall.event_digest(
	previous bytea, district_id int, complaint_id bigint, seq int, at timestamptz,
	verb text, actor name, officer bigint, org bigint, task_seq int,
	detail jsonb) RETURNS bytea
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_event_digest';
COMMENT ON FUNCTION peoplecall.event_digest(bytea, int, bigint, int, timestamptz, text, name, bigint, bigint, int, jsonb) IS
	'SHA-256 over the digest of the event before (NULL: none) and a binary form of the event that no setting, encoding or version changes; 22004 for a missing value that every event has, 22023 for a digest of another length';

CREATE FUNCTION peoplecall.chain_step(
	state bytea, previous bytea, district_id int, complaint_id bigint, seq int,
	at timestamptz, verb text, actor name, officer bigint, org bigint, task_seq int,
	detail jsonb) RETURNS bytea
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_chain_step';
COMMENT ON FUNCTION peoplecall.chain_step(bytea, bytea, int, bigint, int, timestamptz, text, name, bigint, bigint, int, jsonb) IS
	'used by chain_digest(): its transition';

-- For whatever writes several events of a complaint in one statement.
CREATE AGGREGATE peoplecall.chain_digest(
	previous bytea, district_id int, complaint_id bigint, seq int, at timestamptz,
	verb text, actor name, officer bigint, org bigint, task_seq int,
	detail jsonb) (
	SFUNC = peoplecall.chain_step,
	STYPE = bytea,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE peoplecall.chain_digest(bytea, int, bigint, int, timestamptz, text, name, bigint, bigint, int, jsonb) IS
	'as a window function OVER (PARTITION BY complaint_id ORDER BY seq), the digest of each of several new events; previous is that of the event before the first of them, the complaint''s own digest, NULL for a new complaint';
