-- sweep(): every district's ladder, pauses and lists, batch by batch.

-- A procedure, so that each batch commits by itself; it may not have a SET
-- clause, so whatever it says is qualified.
CREATE PROCEDURE peoplecall.sweep(batch int DEFAULT 500)
	LANGUAGE plpgsql
AS $$
DECLARE
	district int;
	done record;
BEGIN
	FOREACH district IN ARRAY ARRAY(SELECT d.id FROM peoplecall.due_districts() AS d (id))
	LOOP
		LOOP
			SELECT t.* INTO done FROM peoplecall.tick(district, batch) AS t;
			COMMIT;
			-- nothing left, or all that is left is locked or waits in sweep_status
			EXIT WHEN done.complaints OPERATOR(pg_catalog.=) 0
			      AND done.failed OPERATOR(pg_catalog.=) 0;
		END LOOP;
	END LOOP;
	FOREACH district IN ARRAY ARRAY(SELECT d.id FROM peoplecall.due_list_districts() AS d (id))
	LOOP
		LOOP
			SELECT t.* INTO done FROM peoplecall.tick_lists(district, batch) AS t;
			COMMIT;
			EXIT WHEN done.listings OPERATOR(pg_catalog.=) 0
			      AND done.failed OPERATOR(pg_catalog.=) 0;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE peoplecall.sweep(int) IS
	'CALL peoplecall.sweep(): fires all that is due in every district and ends what has expired of the lists, a transaction a batch; may run twice at once, late, or be ended at any moment; not inside a transaction block';
