-- Every verb in every state once more, over a ledger to whose tables the city
-- has added columns, indexes, policies, a trigger and more.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/city_additions.sql
\ir verbs_states.sql
