/*
 * gate.c
 *	  The gate: every write to a case record goes through here.
 *
 * A verb is a C function (all verbs share pc_verb) that learns who calls,
 * asks whether such a caller may use that verb at all, becomes the ledger's
 * owner and calls the PL/pgSQL body of the same name. The body locks the
 * complaint and then asks, by gate_area() and gate_org() in reach.c, whether
 * the caller's posts reach it.
 *
 * The identity is never left switched: a normal return restores it here, an
 * error by the abort of the (sub)transaction; the record of the caller is
 * restored by both. Nothing here may trust a name that the search_path resolves.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "cursors.h"
#include "errcodes.h"
#include "gate.h"
#include "ledger.h"
#include "peoplecall.h"
#include "posts.h"

/* what a call site of a verb keeps: which verb it is, and its body */
typedef struct VerbCall
{
	const PcVerb *verb;
	bool		has_matter;		/* the first argument is a complaint's id */
	bool		is_varlena[FUNC_MAX_ARGS];
	FmgrInfo	body;
} VerbCall;

static PcCaller *current_caller = NULL;

PcCaller *
pc_set_caller(PcCaller *caller)
{
	PcCaller   *before = current_caller;

	current_caller = caller;
	return before;
}

/* Never by the caller's search_path. */
Oid
pc_find_body(const char *verb, int nargs, const Oid *argtypes)
{
	List	   *name = list_make1(makeString(PEOPLECALL_SCHEMA));

	name = lappend(name, makeString(psprintf("%s_body", verb)));
	return LookupFuncName(name, nargs, argtypes, false);
}

static VerbCall *
find_verb(FmgrInfo *flinfo)
{
	HeapTuple	tuple;
	Form_pg_proc proc;
	VerbCall   *call = NULL;
	Oid			body;

	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(flinfo->fn_oid));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("a verb must be called as a function")));
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	for (int i = 0; i < pc_nverbs; i++)
		if (strcmp(pc_verbs[i].name, NameStr(proc->proname)) == 0)
		{
			call = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(VerbCall));
			call->verb = &pc_verbs[i];
		}
	if (call == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("there is no verb \"%s\"", NameStr(proc->proname))));

	body = pc_find_body(call->verb->name, proc->pronargs,
						proc->proargtypes.values);
	call->has_matter = call->verb->states != 0 && proc->pronargs > 0 &&
		proc->proargtypes.values[0] == INT8OID;
	for (int i = 0; i < proc->pronargs; i++)
		call->is_varlena[i] = get_typlen(proc->proargtypes.values[i]) == -1;
	ReleaseSysCache(tuple);
	fmgr_info_cxt(body, &call->body, flinfo->fn_mcxt);
	flinfo->fn_extra = call;
	return call;
}

static PcPosts *
posts_of_ledger(void)
{
	PcPosts    *posts = pc_posts(NULL);

	if (posts == NULL)
		pc_no_ledger();
	return posts;
}

/* Who calls, and may such a caller use the verb at all? */
static void
identify_caller(PcCaller *caller, const PcVerb *verb)
{
	PcPosts    *posts = posts_of_ledger();
	const PcPost *post;
	int			position = 0;

	memset(caller, 0, sizeof(*caller));
	caller->verb = verb;
	caller->role = GetUserId();
	caller->owner = pc_ledger_owner();
	caller->officer = pc_acting_officer(caller->role);
	caller->everything = caller->officer == 0 &&
		has_privs_of_role(caller->role, caller->owner);
	caller->duties = verb->duties;
	caller->context = CurrentMemoryContext;
	caller->outer = current_caller;
	if (caller->everything)
		return;
	if (caller->officer != 0 &&
		!pc_may_act_for(posts, caller->role, caller->officer))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for verb %s", verb->name),
				 errdetail("Role \"%s\" may act for officer %lld no longer.",
						   GetUserNameFromId(caller->role, false),
						   (long long) caller->officer)));

	while ((post = pc_next_post(posts, caller->role, caller->officer,
								&position)) != NULL)
		if (post->duties & verb->duties)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for verb %s", verb->name),
			 caller->officer != 0
			 ? errdetail("Officer %lld holds no post with a duty for it.",
						 (long long) caller->officer)
			 : errdetail("Role \"%s\" holds no post with a duty for it.",
						 GetUserNameFromId(caller->role, false)),
			 errhint("See peoplecall.verbs() for the duties and peoplecall.appoint() for posts.")));
}

PcCaller *
pc_inside_gate(void)
{
	if (current_caller == NULL || GetUserId() != current_caller->owner)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this function works only inside a verb"),
				 errhint("Call the verb itself, such as peoplecall.submit().")));
	return current_caller;
}

/*
 * PostgreSQL prints the row that breaks a constraint, and a city may put one
 * on any of its columns: a pattern for phones, a unique name. The row may be
 * a citizen's, so neither the caller nor the server's log is shown it.
 */
static void
hide_row(MemoryContext context)
{
	ErrorData  *error;
	int			code = geterrcode();

	if (ERRCODE_TO_CATEGORY(code) != ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		code == ERRCODE_FOREIGN_KEY_VIOLATION)
		return;
	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	/* what a body raises says what it means to */
	if (error->detail == NULL || error->domain == NULL ||
		strncmp(error->domain, "postgres", strlen("postgres")) != 0)
		return;
	FlushErrorState();
	error->detail = pstrdup("The row is not shown, since it may hold personal data.");
	ReThrowError(error);
}

/* A question about nothing must not be taken for one that was answered. */
void
pc_require_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_verb);
PG_FUNCTION_INFO_V1(pc_gate_actor);
PG_FUNCTION_INFO_V1(pc_gate_officer);
PG_FUNCTION_INFO_V1(pc_gate_state);

/*
 * What is longer than any text that people write would only be written down
 * several times: the row, the event, each notice.
 */
#define LONGEST_ARGUMENT (1024 * 1024)

static void
check_lengths(FunctionCallInfo fcinfo, const VerbCall *call)
{
	for (int i = 0; i < fcinfo->nargs; i++)
	{
		Size		size;

		if (!call->is_varlena[i] || PG_ARGISNULL(i))
			continue;
		size = toast_raw_datum_size(PG_GETARG_DATUM(i)) - VARHDRSZ;
		if (size > LONGEST_ARGUMENT)
			ereport(ERROR,
					(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
					 errmsg("argument %d of verb %s is too long", i + 1,
							call->verb->name),
					 errdetail("It has %zu bytes, more than %d.", size,
							   LONGEST_ARGUMENT)));
	}
}

/* Every verb. Its arguments go to the body as they are, NULLs too. */
Datum
pc_verb(PG_FUNCTION_ARGS)
{
	VerbCall   *call = fcinfo->flinfo->fn_extra;
	PcCaller	caller;
	PcLedgerEntry entry;
	PcCursors	cursors;
	Datum		result = (Datum) 0;

	LOCAL_FCINFO(body, FUNC_MAX_ARGS);

	if (call == NULL)
		call = find_verb(fcinfo->flinfo);
	identify_caller(&caller, call->verb);
	check_lengths(fcinfo, call);
	if (call->has_matter && !PG_ARGISNULL(0))
		caller.matter = PG_GETARG_INT64(0);

	InitFunctionCallInfoData(*body, &call->body, fcinfo->nargs,
							 fcinfo->fncollation, NULL, fcinfo->resultinfo);
	memcpy(body->args, fcinfo->args, sizeof(NullableDatum) * fcinfo->nargs);

	pc_hide_cursors(&cursors);
	pc_enter_ledger(&entry, caller.owner);
	/* one matter, found by its key; who reads or counts many has better plans by
	 * what is asked for */
	if (caller.verb->states != 0 || caller.verb->duties == PC_DUTY_INTAKE)
		pc_plan_once();
	current_caller = &caller;
	PG_TRY();
	{
		result = FunctionCallInvoke(body);
	}
	PG_CATCH();
	{
		current_caller = caller.outer;
		pc_show_cursors(&cursors);
		hide_row(caller.context);
		PG_RE_THROW();
	}
	PG_END_TRY();
	current_caller = caller.outer;
	pc_close_new_cursors(&cursors);
	pc_show_cursors(&cursors);
	pc_leave_ledger(&entry);

	fcinfo->isnull = body->isnull;
	return result;
}

Datum
pc_gate_actor(PG_FUNCTION_ARGS)
{
	Name		name = palloc(sizeof(NameData));

	namestrcpy(name, GetUserNameFromId(pc_inside_gate()->role, false));
	PG_RETURN_NAME(name);
}

Datum
pc_gate_officer(PG_FUNCTION_ARGS)
{
	int64		officer = pc_inside_gate()->officer;

	if (officer == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(officer);
}

/* Raises PC001 unless the verb leaves from this state of a complaint. */
Datum
pc_gate_state(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	int64		id;
	int			state;

	pc_require_argument(fcinfo, 0, "complaint");
	pc_require_argument(fcinfo, 1, "state");
	id = PG_GETARG_INT64(0);
	state = pc_enum_ordinal(PC_ENUM_COMPLAINT_STATE, PG_GETARG_DATUM(1));
	if ((caller->verb->states & PC_STATE(state)) == 0)
	{
		ereport(ERROR,
				(errcode(ERRCODE_PC_WRONG_STATE),
				 errmsg("verb %s does not apply to complaint %s",
						caller->verb->name, pc_format_complaint_no(id)),
				 errdetail("The complaint is %s.",
						   DatumGetCString(DirectFunctionCall1(enum_out,
															   PG_GETARG_DATUM(1)))),
				 PC_STATE(state) == PC_MOVED
				 ? errhint("It goes on in another district, as the complaint that peoplecall.current_complaint() names.")
				 : errhint("See peoplecall.verbs() for the states that each verb leaves from.")));
	}
	PG_RETURN_VOID();
}
