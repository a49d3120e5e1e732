-- The gate over a ledger that belongs to a superuser.
\set ledger_owner postgres
\ir gate.sql
