/*
 * create_ledger.c
 *	  create_ledger(): the ledger's tables are made by their owner-to-be.
 *
 * A superuser may call it for a plain owner, again and again over an existing
 * ledger; so whatever the owner has hung on his tables must run as him. The
 * one statement that runs as the caller is the GRANT on the schema.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "cursors.h"
#include "errcodes.h"
#include "gate.h"
#include "ledger.h"
#include "peoplecall.h"
#include "release.h"

static const PcVerb create_verb = {"create_ledger", 0, 0};

/* The owner of the ledger that stands, else the role that was named. */
static Oid
choose_owner(Oid named)
{
	Oid			owner = pc_ledger_owner();

	if (!OidIsValid(owner))
		return named;
	if (named != owner && named != GetUserId())
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("the ledger belongs to role \"%s\"",
						GetUserNameFromId(owner, false)),
				 errhint("Leave the owner out to bring that ledger up to date.")));
	return owner;
}

static void
check_rights(Oid owner)
{
	if (!has_privs_of_role(GetUserId(), owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to create a ledger for role \"%s\"",
						GetUserNameFromId(owner, false)),
				 errhint("Call it as a superuser or as a member of that role.")));
}

/* The owner needs CREATE on our schema; only a superuser hands it out here. */
static void
grant_create(Oid owner)
{
	Oid			schema = get_namespace_oid(PEOPLECALL_SCHEMA, false);

	if (pc_namespace_aclcheck(schema, owner, ACL_CREATE) == ACLCHECK_OK)
		return;
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not create tables in schema %s",
						GetUserNameFromId(owner, false), PEOPLECALL_SCHEMA),
				 errhint("A superuser runs SELECT peoplecall.create_ledger('%s').",
						 GetUserNameFromId(owner, false))));
	SPI_connect();
	SPI_execute(psprintf("GRANT CREATE ON SCHEMA " PEOPLECALL_SCHEMA " TO %s",
						 quote_identifier(GetUserNameFromId(owner, false))),
				false, 0);
	SPI_finish();
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_create_ledger);

Datum
pc_create_ledger(PG_FUNCTION_ARGS)
{
	Oid			owner = choose_owner(get_role_oid(NameStr(*PG_GETARG_NAME(0)),
												  false));
	Oid			body;
	PcCaller	caller = {0};
	PcLedgerEntry entry;
	PcCursors	cursors;
	Datum		version = (Datum) 0;

	pc_check_release();
	check_rights(owner);
	grant_create(owner);
	body = pc_find_body("create_ledger", 1, (const Oid[]) {TEXTOID});

	caller.verb = &create_verb;
	caller.role = GetUserId();
	caller.owner = owner;
	caller.everything = true;
	caller.outer = pc_set_caller(&caller);
	pc_hide_cursors(&cursors);
	PG_TRY();
	{
		pc_enter_ledger(&entry, owner);
		version = OidFunctionCall1(body, PG_GETARG_DATUM(1));
		pc_close_new_cursors(&cursors);
		pc_leave_ledger(&entry);
	}
	PG_FINALLY();
	{
		pc_show_cursors(&cursors);
		pc_set_caller(caller.outer);
	}
	PG_END_TRY();
	/* an older release's body makes an older ledger, which no verb would take */
	pc_check_ledger_version(DatumGetInt32(version));
	PG_RETURN_DATUM(version);
}
