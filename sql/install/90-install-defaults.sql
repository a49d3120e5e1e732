-- The default rulebook, put in once.
CREATE FUNCTION peoplecall.install_defaults() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.install_defaults() IS
	'puts in the default kinds of org, channels, calendar, limits, ladder, templates and settings, where those tables are empty or the names are missing; what the city changed stays; 42501 unless called by the ledger''s owner or a superuser';

CREATE FUNCTION peoplecall.install_defaults_body() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.gate_actor();
	PERFORM peoplecall.default_rules();
END
$$;
COMMENT ON FUNCTION peoplecall.install_defaults_body() IS 'body of install_defaults()';
