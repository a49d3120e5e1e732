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
	{
		const char *name = pinned_settings[i].name;
		const char *value = pinned_settings[i].value;
		const char *current = GetConfigOption(name, true, false);

		if (current == NULL || strcmp(current, value) != 0)
			(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
									 GUC_ACTION_SAVE, true, 0, false);
	}
}

void
pc_leave_ledger(PcLedgerEntry *entry)
{
	AtEOXact_GUC(false, entry->guc_level);
	SetUserIdAndSecContext(entry->saved_user, entry->saved_context);
}
