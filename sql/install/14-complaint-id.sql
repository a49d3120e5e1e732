-- Numbers of complaints, and what every verb returns.
CREATE FUNCTION peoplecall.complaint_no(id bigint) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_complaint_no';
COMMENT ON FUNCTION peoplecall.complaint_no(bigint) IS
	'the number that people read, 420102-1234, of a complaint''s id; NULL for NULL; 22003 for what is no id';

CREATE FUNCTION peoplecall.complaint_id(no text) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_complaint_id';
COMMENT ON FUNCTION peoplecall.complaint_id(text) IS
	'the id behind a number like 420102-1234; also reads a bare id; NULL for NULL; 22P02 for anything else';

CREATE FUNCTION peoplecall.district_of(id bigint) RETURNS int
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_district_of';
COMMENT ON FUNCTION peoplecall.district_of(bigint) IS
	'the registering district (six digits) of a complaint''s id; NULL for NULL; 22003 for what is no id';

CREATE TYPE peoplecall.receipt AS (
	complaint_id bigint,
	no text,
	state peoplecall.complaint_state,
	grade peoplecall.grade,
	task_seq int,
	org bigint,
	sla peoplecall.sla_state,
	due_at timestamptz
);
COMMENT ON TYPE peoplecall.receipt IS
	'what a verb returns: the complaint, its state, the task concerned and its org, the light and deadline of its tightest open clock';
