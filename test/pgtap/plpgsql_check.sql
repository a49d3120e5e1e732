\set QUIET on
\ir ../fixture/ledger.sql
SELECT f.functionid, f.lineno, f.level, f.sqlstate, f.message, f.detail, f.hint, f.query
  FROM pg_proc p
 CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid,
 relid => CASE p.proname WHEN 'org_guard' THEN 'peoplecall.org'::regclass WHEN 'channel_guard' THEN 'peoplecall.channel' WHEN 'calendar_guard' THEN 'peoplecall.calendar' ELSE 0 END,
 newtable => CASE p.proname WHEN 'org_guard' THEN 'changed' END::name, 
 fatal_errors => false, other_warnings => true, extra_warnings => true, performance_warnings => true, compatibility_warnings => true) AS f
 WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
