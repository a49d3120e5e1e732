-- Binary input takes what binary output gives, and refuses everything else.
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;

-- What COPY writes, byte by byte: header, rows of one column, trailer.
CREATE FUNCTION pg_temp.take(type text, bytes text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	whole text := '5047434f50590aff0d0a00' || '00000000' || '00000000'
		|| '0001' || lpad(to_hex(length(bytes) / 2), 8, '0') || bytes || 'ffff';
	answer text;
BEGIN
	CREATE TEMP TABLE one (x text) ON COMMIT DROP;
	EXECUTE format('ALTER TABLE one ALTER x TYPE %s USING NULL', type);
	EXECUTE format('COPY one FROM PROGRAM %L (FORMAT binary)',
		(SELECT 'printf ''' || string_agg(format('\%s%s%s', b / 64, b / 8 % 8, b % 8), '' ORDER BY i) || ''''
		   FROM generate_series(0, length(whole) / 2 - 1) AS i,
		        get_byte(decode(whole, 'hex'), i) AS b));
	SELECT x::text INTO answer FROM one;
	DROP TABLE one;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT w.type, w.bytes, pg_temp.take('peoplecall.' || w.type, w.bytes)
  FROM (VALUES
	('areacode', encode(peoplecall.areacode_send('420102'), 'hex')),
	('areacode', encode(peoplecall.areacode_send('0'), 'hex')),
	('areacode', '0000000000000001'),
	('areacode', 'ffffffffffffffff'),
	('areacode', '7fffffffffffffff'),
	('areacode', '00000001'),
	('areacode', '000000000000000000'),
	('grade', encode(peoplecall.grade_send('C'), 'hex')),
	('grade', '00'), ('grade', '05'), ('grade', '41'), ('grade', 'ff'), ('grade', ''), ('grade', '0101'),
	('timelimit', encode(peoplecall.timelimit_send('5wd'), 'hex')),
	('timelimit', '0000000000000001'),
	('timelimit', '0000000600000001'),
	('timelimit', 'ffffffff00000001'),
	('timelimit', '00000005ffffffff'),
	('timelimit', '0000000500008e95'),
	('timelimit', '00000005')
	) AS w (type, bytes);
