/*
 * release.c
 *	  Library, SQL objects and ledger of three releases: what works together.
 *
 * An upgrade changes the three one after the other: the files (each new
 * session loads the new library), ALTER EXTENSION UPDATE, create_ledger().
 * In between:
 *   - an older release's SQL objects work with a newer library, since C
 *     functions, once released, stay and keep their meaning;
 *   - newer SQL objects do not work with an older library, which a session
 *     may have loaded before the files came: refused here;
 *   - a ledger of another version is not read: refused here, too.
 * Whoever is refused is told the next step.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "errcodes.h"
#include "ledger.h"
#include "peoplecall.h"
#include "release.h"
#include "rulebook.h"

/* whether the SQL objects were found to fit since a function last changed */
static bool fits = false;

/*
 * pg_extension has no cache and sends no word of a change; but no update goes
 * without a changed function.
 */
static void
forget_release(Datum arg, int cacheid, uint32 hashvalue)
{
	fits = false;
}

/* The release of the SQL objects, palloc'd; NULL where there is no extension. */
static char *
installed_release(void)
{
	Relation	catalogue = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *release = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum(PEOPLECALL_SCHEMA));
	scan = systable_beginscan(catalogue, ExtensionNameIndexId, true, NULL, 1,
							  &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		version = heap_getattr(tuple, Anum_pg_extension_extversion,
										   RelationGetDescr(catalogue), &isnull);

		if (!isnull)
			release = TextDatumGetCString(version);
	}
	systable_endscan(scan);
	table_close(catalogue, AccessShareLock);
	return release;
}

/*
 * Below, at or above zero as release a is older than, of the same numbers as,
 * or newer than b. What is no number counts as zero.
 */
static int
compare_releases(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0')
	{
		char	   *end_a;
		char	   *end_b;
		unsigned long part_a = strtoul(a, &end_a, 10);
		unsigned long part_b = strtoul(b, &end_b, 10);

		if (part_a != part_b)
			return part_a < part_b ? -1 : 1;
		if (end_a == a && end_b == b)
			return 0;
		a = *end_a == '.' ? end_a + 1 : end_a;
		b = *end_b == '.' ? end_b + 1 : end_b;
	}
	return 0;
}

void
pc_check_release(void)
{
	static bool registered = false;
	char	   *release;

	if (fits)
		return;
	if (!registered)
	{
		CacheRegisterSyscacheCallback(PROCOID, forget_release, (Datum) 0);
		registered = true;
	}
	/* before looking: what is changed meanwhile makes us look again */
	fits = true;
	release = installed_release();
	if (release == NULL)
		return;
	if (compare_releases(release, PC_RELEASE) > 0)
	{
		fits = false;
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the extension peoplecall is of release %s, but this session has the library of release %s",
						release, PC_RELEASE),
				 errhint("Start a new session; where it is told the same, install the files of release %s, and restart the server if it preloads the library.",
						 release)));
	}
	pfree(release);
}

void
pc_check_ledger_version(int version)
{
	char	   *release;

	if (version == PC_LEDGER_VERSION)
		return;
	release = installed_release();
	ereport(ERROR,
			(errcode(ERRCODE_PC_NO_LEDGER),
			 errmsg("the ledger has version %d, but this library needs version %d",
					version, PC_LEDGER_VERSION),
			 version > PC_LEDGER_VERSION
			 ? errhint("Install the newer release of the extension, then run ALTER EXTENSION peoplecall UPDATE.")
			 : release != NULL && compare_releases(release, PC_RELEASE) < 0
			 ? errhint("Run ALTER EXTENSION peoplecall UPDATE, then SELECT peoplecall.create_ledger(), to bring it up to date.")
			 : errhint("Run SELECT peoplecall.create_ledger() to bring it up to date.")));
}

/*
 * What the view ledger says, -1 where there is none; one that yields no number
 * is of no version. The view is its owner's code: read it as him alone.
 */
static int
read_ledger_version(void)
{
	bool		isnull = true;
	Datum		version = (Datum) 0;

	if (!OidIsValid(pc_ledger_relation("ledger")))
		return -1;
	pc_rulebook_query("SELECT l.version::int FROM peoplecall.ledger AS l");
	if (SPI_processed == 1)
		version = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
								1, &isnull);
	return isnull ? 0 : DatumGetInt32(version);
}

/*
 * Tables of another version may lack a column that is read, and that error
 * would not say what to do.
 */
void
pc_check_ledger(void)
{
	int			version = read_ledger_version();

	if (version >= 0)
		pc_check_ledger_version(version);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_library_version);
PG_FUNCTION_INFO_V1(pc_ledger_version);

/* Nothing here may ask the catalogue: upgrade scripts call it in between. */
Datum
pc_library_version(PG_FUNCTION_ARGS)
{
	TupleDesc	row;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("library_version() returns a row of two columns")));
	values[0] = CStringGetTextDatum(PC_RELEASE);
	values[1] = Int32GetDatum(PC_LEDGER_VERSION);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row),
													  values, nulls)));
}

Datum
pc_ledger_version(PG_FUNCTION_ARGS)
{
	Oid			owner = pc_ledger_owner();
	PcLedgerEntry entry;
	int			version;

	if (!OidIsValid(owner))
		PG_RETURN_NULL();
	pc_enter_ledger(&entry, owner);
	SPI_connect();
	version = read_ledger_version();
	SPI_finish();
	pc_leave_ledger(&entry);
	if (version < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(version);
}
