/*
 * same_call.c
 *	  Whether the same call was filed by whoever committed last.
 *
 * submit() takes a lock for a caller and a text, so that two channels follow
 * one another. In READ COMMITTED the second then sees what the first filed. A
 * transaction that keeps its snapshot does not, and would file it again: so
 * this looks with the latest snapshot, for submit() to refuse.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/snapmgr.h"

#include "gate.h"

/* the newest that this caller filed with this text, in any state */
static const char same_call_query[] =
"SELECT t.complaint_id "
"  FROM peoplecall.complaint_text AS t "
"  JOIN peoplecall.reporter AS r USING (district_id, complaint_id) "
" WHERE t.district_id = $1 AND t.digest = $2 "
"   AND peoplecall.phone_digits(r.phone) = $3 "
" ORDER BY t.received_at DESC, t.complaint_id DESC LIMIT 1";

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_latest_call);

/* district, digest, phone; NULL in READ COMMITTED, where nobody needs it */
Datum
pc_latest_call(PG_FUNCTION_ARGS)
{
	Oid			types[3] = {INT4OID, INT8OID, TEXTOID};
	Datum		values[3];
	Datum		id = (Datum) 0;
	bool		isnull = true;
	Snapshot	snapshot;
	SPIPlanPtr	plan;

	(void) pc_inside_gate();
	if (!IsolationUsesXactSnapshot())
		PG_RETURN_NULL();
	for (int i = 0; i < 3; i++)
		values[i] = PG_GETARG_DATUM(i);

	SPI_connect();
	plan = SPI_prepare(same_call_query, 3, types);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	SPI_execute_snapshot(plan, values, NULL, snapshot, InvalidSnapshot, true,
						 false, 1);
	UnregisterSnapshot(snapshot);
	if (SPI_processed > 0)
		id = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						   &isnull);
	SPI_finish();
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(id);
}
