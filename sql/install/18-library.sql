-- Which releases meet here: of the library, of the SQL objects, of the ledger.
CREATE FUNCTION peoplecall.library_version(OUT release text, OUT ledger int) RETURNS record
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_library_version';
COMMENT ON FUNCTION peoplecall.library_version() IS
	'the release of the library that this session has loaded, and the version of the ledger that it needs';

CREATE FUNCTION peoplecall.ledger_version() RETURNS int
	LANGUAGE c STABLE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'pc_ledger_version';
COMMENT ON FUNCTION peoplecall.ledger_version() IS
	'the version of the ledger''s tables; NULL where no ledger stands';

CREATE FUNCTION peoplecall.versions(
	OUT library text, OUT extension text, OUT available text,
	OUT ledger int, OUT ledger_needed int, OUT next_step text) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	built int[];
	installed int[];
BEGIN
	SELECT v.release, v.ledger INTO library, ledger_needed
	  FROM peoplecall.library_version() AS v;
	extension := (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'peoplecall');
	available := (SELECT a.default_version FROM pg_available_extensions AS a WHERE a.name = 'peoplecall');
	ledger := peoplecall.ledger_version();

	built := peoplecall.release_numbers(library);
	installed := peoplecall.release_numbers(extension);
	next_step := CASE
		WHEN installed > built OR peoplecall.release_numbers(available) > built
		THEN 'start a new session; where the server preloads the library, restart it'
		WHEN installed < peoplecall.release_numbers(available)
		THEN 'ALTER EXTENSION peoplecall UPDATE'
		WHEN ledger > ledger_needed
		THEN 'install the newer release of the extension'
		WHEN ledger IS DISTINCT FROM ledger_needed
		THEN 'SELECT peoplecall.create_ledger()' END;
END
$$;
COMMENT ON FUNCTION peoplecall.versions() IS
	'the releases of the session''s library, of the extension''s SQL objects and of the files on disk, the version of the ledger (NULL where none stands) and the one needed, and what is to be done next in an upgrade; NULL when nothing is';

CREATE FUNCTION peoplecall.release_numbers(release text) RETURNS int[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(m.parts[1]::int ORDER BY m.at)
	  FROM regexp_matches(release, '\d{1,9}', 'g') WITH ORDINALITY AS m (parts, at)
$$;
COMMENT ON FUNCTION peoplecall.release_numbers(text) IS
	'the numbers of a release in order, to compare it with another; used by versions() and upgrade scripts';
