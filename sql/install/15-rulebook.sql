-- What drops compiled rules.
CREATE FUNCTION peoplecall.rulebook_changed() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_rulebook_changed';
COMMENT ON FUNCTION peoplecall.rulebook_changed() IS
	'trigger on the rulebook''s tables: drops the compiled rules that read the table named in its argument, in every session, with the commit';
