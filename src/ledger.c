/*
 * ledger.c
 *	  The ledger: who owns its tables, and running as that owner.
 *
 * Everything that reads rules or writes case records runs between
 * pc_enter_ledger() and pc_leave_ledger(). Never enter as anyone but the
 * ledger's owner: a table of his may carry his triggers and views, and they
 * must not run as the caller.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "errcodes.h"
#include "ledger.h"
#include "peoplecall.h"

/*
 * What a caller could set to change what a statement of ours means. Each is
 * set for the length of a verb only; a name that no object of ours needs is
 * not here, since every setting costs.
 */
static const struct
{
	const char *name;
	const char *value;
}			pinned_settings[] =
{
	{"search_path", "pg_catalog, pg_temp"},
	{"TimeZone", "UTC"},
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"row_security", "on"},
	{"standard_conforming_strings", "on"},
	{"transform_null_equals", "off"},
};

/* every table that create_ledger() makes */
static const char *const ledger_tables[] =
{
	"alliance_member", "appraisal", "appraisal_fact", "appraisal_mark",
	"appraisal_sum", "area", "area_change", "area_history", "attachment",
	"calendar", "calendar_day", "calendar_window", "category", "change",
	"change_head", "change_queue", "channel", "channel_role", "claim",
	"clock", "complaint", "complaint_text", "coordination",
	"coordination_party", "duty_roster", "escalation_step", "event",
	"grade_rule", "gram_rarity", "intake_key", "jurisdiction", "listing",
	"listing_event", "listing_resident", "notice", "officer",
	"officer_absence", "org", "org_kind", "post", "rating", "reporter",
	"request", "responsibility", "revisit", "ruling", "setting",
	"sla_policy", "staging_complaint", "supervision", "supplement",
	"sweep_status", "task", "template", "track_key", "volunteer",
	"volunteer_person"
};

Oid
pc_ledger_relation(const char *name)
{
	Oid			schema = get_namespace_oid(PEOPLECALL_SCHEMA, true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

Oid
pc_relation_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* A view in its place is no ledger. */
Oid
pc_ledger_owner(void)
{
	Oid			relation = pc_ledger_relation("complaint");
	char		kind = OidIsValid(relation) ? get_rel_relkind(relation) : '\0';

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		return InvalidOid;
	return pc_relation_owner(relation);
}

void
pc_no_ledger(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PC_NO_LEDGER),
			 errmsg("there is no ledger in this database"),
			 errhint("Run SELECT peoplecall.create_ledger('owner') once, as a superuser or as the role that shall own the tables.")));
}

static void
pin_setting(const char *name, const char *value)
{
	const char *current = GetConfigOption(name, true, false);

	if (current == NULL || strcmp(current, value) != 0)
		(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

void
pc_enter_ledger(PcLedgerEntry *entry, Oid owner)
{
	GetUserIdAndSecContext(&entry->saved_user, &entry->saved_context);
	SetUserIdAndSecContext(owner,
						   entry->saved_context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	entry->guc_level = NewGUCNestLevel();

	for (int i = 0; i < (int) lengthof(pinned_settings); i++)
		pin_setting(pinned_settings[i].name, pinned_settings[i].value);
}

/*
 * Inside the ledger, for what handles one matter: its rows are found by their
 * keys, whatever the values, so that one plan does for all. Left to itself the
 * server plans some of its statements again at each call, at a quarter of what
 * the whole costs.
 */
void
pc_plan_once(void)
{
	pin_setting("plan_cache_mode", "force_generic_plan");
}

void
pc_leave_ledger(PcLedgerEntry *entry)
{
	AtEOXact_GUC(false, entry->guc_level);
	SetUserIdAndSecContext(entry->saved_user, entry->saved_context);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_require_tables);

/*
 * For functions that read as their caller. The owner may put a view in a
 * table's place, and what it calls would run as whoever reads. He himself may
 * do so, nobody else is made to. The lock keeps the table what it is.
 */
Datum
pc_require_tables(PG_FUNCTION_ARGS)
{
	Oid			owner = pc_ledger_owner();

	if (owner == GetUserId())
		PG_RETURN_VOID();
	for (int i = 0; i < (int) lengthof(ledger_tables); i++)
	{
		Oid			relation = pc_ledger_relation(ledger_tables[i]);
		char		kind;

		if (!OidIsValid(relation))
			continue;
		LockRelationOid(relation, AccessShareLock);
		kind = pc_ledger_relation(ledger_tables[i]) == relation
			? get_rel_relkind(relation) : '\0';
		if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("\"%s\" is not a table of the ledger",
							ledger_tables[i]),
					 errdetail("What its owner put in its place would run as role \"%s\".",
							   GetUserNameFromId(GetUserId(), false)),
					 errhint("SET ROLE to the ledger's owner first.")));
	}
	PG_RETURN_VOID();
}
