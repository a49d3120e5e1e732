-- peoplecall's install script. Its parts are sql/install/NN-*.sql, joined by
-- make in the order of their numbers.
\echo Use "CREATE EXTENSION peoplecall" to load this file. \quit

-- Only pg_catalog and the schema of ltree are looked into by unqualified
-- names; everything of ours is written with its schema. pg_temp comes last, so
-- that nobody's temporary object is taken for one of these.
SELECT pg_catalog.set_config('search_path',
	pg_catalog.format('pg_catalog, %I, pg_temp', n.nspname), true)
  FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
 WHERE e.extname OPERATOR(pg_catalog.=) 'ltree';

-- A schema that was there before us may hold another's traps.
DO $$
BEGIN
	IF EXISTS (
		SELECT
		  FROM pg_catalog.pg_namespace AS n
		  JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) n.nspowner
		 WHERE n.nspname OPERATOR(pg_catalog.=) 'peoplecall'
		   AND NOT r.rolsuper
		   AND r.rolname OPERATOR(pg_catalog.<>) current_user)
	THEN
		RAISE insufficient_privilege USING
			MESSAGE = 'schema "peoplecall" belongs to another role',
			HINT = 'Rename or drop that schema, then create the extension.';
	END IF;
END
$$;

-- Bodies speak of the ledger's tables, which do not exist yet.
SET LOCAL check_function_bodies = off;

GRANT USAGE ON SCHEMA peoplecall TO PUBLIC;
COMMENT ON SCHEMA peoplecall IS
	'the people call, we respond: types, rules, clocks and verbs; the ledger''s tables';
