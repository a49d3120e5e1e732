/*
 * enums.c
 *	  Between the SQL enums and the C enums of peoplecall.h.
 *
 * A label's Oid differs from database to database, so it is looked up by
 * name and kept for the session. The C side names every label it speaks:
 * a label that somebody adds between two others must never shift the
 * meaning of the rest.
 *
 * The invalidation callbacks only flip flags; what they drop is read again
 * when it is next asked for. So DROP and CREATE EXTENSION in one session work.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "peoplecall.h"

#define MAX_LABELS 10

typedef struct EnumNames
{
	const char *type;
	int			count;
	const char *labels[MAX_LABELS];
} EnumNames;

/* in the order of PcEnum, labels in the order of 10-enums.sql */
static const EnumNames names[PC_ENUM_COUNT] = {
	{"area_level", 7, {"nation", "province", "city", "district", "street",
	"community", "grid"}},
	{"sla_state", 8, {"green", "yellow", "red", "paused", "met", "missed",
	"void", "overturned"}},
	{"complaint_state", 10, {"received", "dispatched", "completed", "closed",
			"merged", "rejected", "referred", "withdrawn", "shelved",
	"moved"}},
	{"task_state", 6, {"sent", "accepted", "done", "returned", "withdrawn",
	"superseded"}},
	{"task_role", 2, {"lead", "assist"}},
	{"clock_kind", 7, {"dispatch", "total", "verify", "accept", "contact",
	"resolve", "answer"}},
	{"request_kind", 6, {"suspend", "extend", "return", "lower", "shelve",
	"exclude"}},
	{"officer_role", 4, {"handler", "leader_in_charge", "chief",
	"duty_officer"}},
	{"urgency", 3, {"normal", "urgent", "emergency"}},
	{"privacy", 3, {"open", "confidential", "anonymous"}},
	{"duty", 9, {"intake", "dispatch", "handle", "verify", "supervise",
	"configure", "read", "personal", "delegate"}}
};

typedef struct EnumOids
{
	bool		valid;
	uint32		type_hash;		/* what the callback gets for it */
	Oid			type;
	Oid			labels[MAX_LABELS];
} EnumOids;

static EnumOids cache[PC_ENUM_COUNT];
/* grows with every invalidation, so that a look-up notices one midway */
static uint64 generation = 0;
static bool registered = false;

static void
forget_labels(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
	for (int i = 0; i < PC_ENUM_COUNT; i++)
		cache[i].valid = false;
}

/* Types come and go with every temporary table: only ours matter. */
static void
forget_type(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
	for (int i = 0; i < PC_ENUM_COUNT; i++)
		if (hashvalue == 0 || cache[i].type_hash == hashvalue)
			cache[i].valid = false;
}

Oid
pc_own_type(const char *name)
{
	Oid			schema = get_namespace_oid(PEOPLECALL_SCHEMA, true);
	Oid			found = InvalidOid;

	if (OidIsValid(schema))
		found = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
								CStringGetDatum(name),
								ObjectIdGetDatum(schema));
	if (!OidIsValid(found))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type %s.%s does not exist", PEOPLECALL_SCHEMA, name),
				 errhint("Create the extension peoplecall in this database.")));
	return found;
}

static Oid
find_label(PcEnum type, Oid type_oid, const char *label)
{
	Oid			found;

	found = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
							ObjectIdGetDatum(type_oid),
							CStringGetDatum(label));
	if (!OidIsValid(found))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type %s.%s has no value \"%s\"",
						PEOPLECALL_SCHEMA, names[type].type, label),
				 errhint("Bring the extension up to date: ALTER EXTENSION peoplecall UPDATE.")));
	return found;
}

/* The entry for a type, filled; good until the next catalogue access. */
static const EnumOids *
lookup(PcEnum type)
{
	EnumOids   *entry = &cache[type];
	uint64		seen;

	if (entry->valid)
		return entry;
	if (!registered)
	{
		CacheRegisterSyscacheCallback(ENUMOID, forget_labels, (Datum) 0);
		CacheRegisterSyscacheCallback(TYPEOID, forget_type, (Datum) 0);
		registered = true;
	}

	/* an invalidation that arrives while we read makes us read again */
	do
	{
		seen = generation;
		entry->type = pc_own_type(names[type].type);
		entry->type_hash =
			GetSysCacheHashValue1(TYPEOID, ObjectIdGetDatum(entry->type));
		for (int i = 0; i < names[type].count; i++)
			entry->labels[i] = find_label(type, entry->type,
										  names[type].labels[i]);
	} while (seen != generation);
	entry->valid = true;
	return entry;
}

Oid
pc_enum_type(PcEnum type)
{
	return lookup(type)->type;
}

const char *
pc_enum_label(PcEnum type, int ordinal)
{
	Assert(ordinal >= 0 && ordinal < names[type].count);
	return names[type].labels[ordinal];
}

Datum
pc_enum_datum(PcEnum type, int ordinal)
{
	Assert(ordinal >= 0 && ordinal < names[type].count);
	return ObjectIdGetDatum(lookup(type)->labels[ordinal]);
}

int
pc_enum_ordinal(PcEnum type, Datum value)
{
	const EnumOids *entry = lookup(type);
	Oid			label = DatumGetObjectId(value);

	for (int i = 0; i < names[type].count; i++)
		if (entry->labels[i] == label)
			return i;

	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("value \"%s\" of type %s.%s is not one of the extension's own",
					DatumGetCString(DirectFunctionCall1(enum_out, value)),
					PEOPLECALL_SCHEMA, names[type].type),
			 errdetail("Values that were added to the type have no meaning here.")));
	return 0;					/* keeps the compiler quiet */
}
