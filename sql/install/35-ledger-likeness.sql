-- Tables by which complaints that say the same are found. A complaint's row
-- changes at every step of its work, and each change would write all its
-- grams anew into an index on it; so they have a row of their own, which is
-- written once and goes when it is too old to be a duplicate of anything.
CREATE FUNCTION peoplecall.ledger_likeness() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl($ddl$
CREATE TABLE IF NOT EXISTS peoplecall.gram_rarity (
	gram int PRIMARY KEY,
	share float8 NOT NULL CHECK (share > 0 AND share <= 1)
);
COMMENT ON TABLE peoplecall.gram_rarity IS 'the frequent 2-grams of complaints'' texts, each with the share of texts that have it; counted by refresh_likeness()';

CREATE TABLE IF NOT EXISTS peoplecall.complaint_text (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	received_at timestamptz NOT NULL,
	grams int[] NOT NULL,
	digest bigint NOT NULL,
	PRIMARY KEY (district_id, complaint_id),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
CREATE INDEX IF NOT EXISTS complaint_text_keys ON peoplecall.complaint_text
	USING gin (peoplecall.gram_keys(district_id, received_at, grams) peoplecall.gram_key_ops)
	WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS complaint_text_digest ON peoplecall.complaint_text (district_id, digest);
CREATE INDEX IF NOT EXISTS complaint_text_received ON peoplecall.complaint_text (received_at);
COMMENT ON TABLE peoplecall.complaint_text IS 'what a complaint''s title is made of, for finding others like it; never changed, dropped after setting similar_keep days';
COMMENT ON COLUMN peoplecall.complaint_text.grams IS 'text_grams() of the title';
COMMENT ON COLUMN peoplecall.complaint_text.digest IS 'text_digest() of title and body: equal where they are';

CREATE INDEX IF NOT EXISTS complaint_principal ON peoplecall.complaint (principal_id)
	WHERE principal_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS complaint_principals ON peoplecall.complaint
	USING gin (principals) WITH (fastupdate = off)
	WHERE principals IS NOT NULL;
	$ddl$);
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_likeness() IS 'the tables and indexes by which complaints that say the same are found; used by create_ledger()';
