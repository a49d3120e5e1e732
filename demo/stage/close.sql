-- The end of a story.
\set ECHO none
COMMIT;
SELECT pg_temp.expect('nothing is left open', (SELECT count(*) FROM peoplecall.board), 0) \gset
SELECT current_setting('demo.held') AS held \gset
\echo
\echo '   ' :held 'expectations held.'
