-- The next act of a story:
--     \set at '2019-12-09 09:30' \set by 4201.hotline \ir stage/act.sql
-- ends the act before, sets the clock, and from here on the handler of the org
-- acts. Queries are shown until \set ECHO none.
\set ECHO none
COMMIT;
BEGIN;
SELECT pg_temp.at(:'at'), peoplecall.act_for(pg_temp.officer(:'by')) \g /dev/null
SELECT o.name AS actor FROM peoplecall.org AS o WHERE o.code = :'by' \gset
\echo
\echo '───' :at :actor
\set ECHO queries
