-- ltree may live in any schema, and in none that anybody looks into.
CREATE DATABASE regress_peoplecall_ltree;
\c regress_peoplecall_ltree
SET client_min_messages = error;
CREATE SCHEMA "Trees, elsewhere";
CREATE EXTENSION ltree SCHEMA "Trees, elsewhere";
CREATE EXTENSION peoplecall CASCADE;
SELECT peoplecall.create_ledger();
SET search_path = pg_catalog;

INSERT INTO peoplecall.area (code, name) VALUES ('4201', 'Wuhan'), ('420102', 'Jiang''an');
INSERT INTO peoplecall.org_kind (kind, name, level, territorial) VALUES ('city', 'city', 'city', true);
INSERT INTO peoplecall.org (id, name, kind, area) VALUES (1, 'Wuhan', 'city', '4201'), (2, 'Lamps', 'city', '420102');
INSERT INTO peoplecall.category (path, name) VALUES ('road', 'roads'), ('road.lamp', 'lamps'), ('noise', 'noise');
INSERT INTO peoplecall.responsibility (id, category, area, org) VALUES (1, 'road', '4201', 2);

SELECT peoplecall.responsible_org('road.lamp', '420102', 'D') AS by_rule,
       peoplecall.responsible_org('noise', '420102', 'D') AS fallback;
SELECT rank, org, responsibility, category, why
  FROM peoplecall.explain_responsibility('road.lamp', '420102', 'D');
SELECT * FROM peoplecall.uncovered();
SELECT * FROM peoplecall.unowned('4201', '2026-01-01');
SELECT peoplecall.category_contains('road', 'road.lamp') AS contains,
       peoplecall.category_is('road', 'road.lamp') AS is,
       peoplecall.category_parent('road.lamp') AS parent,
       peoplecall.category_depth('road.lamp') AS depth;

\c postgres
DROP DATABASE regress_peoplecall_ltree;
