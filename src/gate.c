/*
 * gate.c
 *	  The gate: every write to a case record goes through here.
 *
 * A verb is a C function (all verbs share pc_verb) that learns who calls,
 * asks whether such a caller may use that verb at all, becomes the ledger's
 * owner and calls the PL/pgSQL body of the same name. The body locks the
 * complaint and then asks, by gate_area() and gate_org(), whether the
 * caller's posts reach it.
 *
 * The identity is never left switched: a normal return restores it here, an
 * error by the abort of the (sub)transaction, and the record of the caller by
 * PG_FINALLY. Nothing here may trust a name that the search_path resolves.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "channels.h"
#include "compat.h"
#include "errcodes.h"
#include "gate.h"
#include "ledger.h"
#include "orgs.h"
#include "peoplecall.h"
#include "posts.h"

/* what a call site of a verb keeps: which verb it is, and its body */
typedef struct VerbCall
{
	const PcVerb *verb;
	bool		has_matter;		/* the first argument is a complaint's id */
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

	body = LookupFuncName(list_make2(makeString(PEOPLECALL_SCHEMA),
									 makeString(psprintf("%s_body", call->verb->name))),
						  proc->pronargs, proc->proargtypes.values, false);
	call->has_matter = call->verb->states != 0 && proc->pronargs > 0 &&
		proc->proargtypes.values[0] == INT8OID;
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
	if (posts->version != PC_LEDGER_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_PC_NO_LEDGER),
				 errmsg("the ledger has version %d, but this library needs version %d",
						posts->version, PC_LEDGER_VERSION),
				 posts->version < PC_LEDGER_VERSION
				 ? errhint("Run SELECT peoplecall.create_ledger() to bring it up to date.")
				 : errhint("Install the newer version of the extension, then run ALTER EXTENSION peoplecall UPDATE.")));
	return posts;
}

/* Who calls, and may such a caller use the verb at all? */
static void
identify_caller(PcCaller *caller, const PcVerb *verb)
{
	PcPosts    *posts = posts_of_ledger();
	const PcPost *post;
	int			position = 0;

	caller->verb = verb;
	caller->role = GetUserId();
	caller->owner = pc_ledger_owner();
	caller->officer = pc_acting_officer(caller->role);
	caller->everything = caller->officer == 0 &&
		has_privs_of_role(caller->role, caller->owner);
	caller->duties = verb->duties;
	caller->nrecused = 0;
	caller->recused = NULL;
	caller->context = CurrentMemoryContext;
	caller->outer = current_caller;
	caller->matter = 0;
	caller->channel = NULL;
	caller->wrong_channel = false;
	caller->context = CurrentMemoryContext;
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

/* A question about nothing must not be taken for one that was answered. */
static void
require_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/*
 * Does a post of the caller with one of the duties satisfy the test? It gets
 * those duties that the post holds. Returns the org of that post, 0 for one
 * who may do everything, -1 for a refusal.
 */
typedef bool (*OrgTest) (const PcOrgs *orgs, const PcOrg *org,
						 PcDuties duties, void *arg);

static int64
find_post(PcCaller *caller, PcDuties duties, OrgTest test, void *arg)
{
	const PcChannels *channels;
	PcPosts    *posts;
	PcOrgs	   *orgs;
	const PcPost *post;
	int			position = 0;

	if (caller->everything)
		return 0;
	caller->wrong_channel = false;
	channels = pc_channels_that_bind(caller, duties);
	posts = pc_posts(NULL);
	orgs = pc_orgs(NULL);
	while ((post = pc_next_post(posts, caller->role, caller->officer,
								&position)) != NULL)
	{
		const PcOrg *org = pc_org(orgs, post->org);
		PcDuties	here = pc_duties_here(caller, channels, post, duties);

		if (here != 0 && org != NULL && org->active &&
			test(orgs, org, here, arg))
			return post->org;
	}
	return -1;
}

static void
refuse(const PcCaller *caller, const char *what)
{
	if (caller->wrong_channel)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for verb %s", caller->verb->name),
				 errdetail("A post of the caller with the duty intake is bound to other channels than \"%s\".",
						   caller->channel != NULL ? caller->channel : ""),
				 errhint("Send it through a channel of the caller's, or add a row to peoplecall.channel_role.")));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for verb %s", caller->verb->name),
			 errdetail("No post of the caller with a duty for it reaches %s.",
					   what)));
}

typedef struct AreaTest
{
	const PcCaller *caller;
	AreaCode	area;
	int			level;			/* the org's level may not be below it; -1 any */
	bool		judging;		/* nobody judges what is about himself */
	int64		not_org;		/* an org that is excluded; 0 none */
	int			nhandling;		/* orgs that are excluded with those below */
	const int64 *handling;
	TimestampTz at;
} AreaTest;

/*
 * At which level an org has a say: its own where it is territorial. A body that
 * inspects has one at its area's level where the post is one of supervision or
 * verifying, and any where the matter is about an org.
 */
static int
say_at_level(const PcCaller *caller, const PcOrg *org, PcDuties duties)
{
	if (org->territorial)
		return org->level;
	if (org->inspects && (caller->nrecused > 0 ||
						  (duties & (PC_DUTY_SUPERVISE | PC_DUTY_VERIFY))))
		return pc_area_level(org->area);
	return -1;
}

static bool
area_reached(const PcOrgs *orgs, const PcOrg *org, PcDuties duties, void *arg)
{
	AreaTest   *test = arg;

	if (test->not_org != 0 && org->id == test->not_org)
		return false;
	if (pc_org_answers_to(orgs, org, test->handling, test->nhandling))
		return false;
	if (test->judging &&
		pc_org_answers_to(orgs, org, test->caller->recused,
						  test->caller->nrecused))
		return false;
	if (test->level >= 0)
	{
		int			level = say_at_level(test->caller, org, duties);

		if (level < 0 || level > test->level)
			return false;
	}
	return pc_org_covers_area(orgs, org, test->area, test->at);
}

static bool
org_reached(const PcOrgs *orgs, const PcOrg *org, PcDuties duties, void *arg)
{
	return pc_org_is_below(orgs, *(int64 *) arg, org->id);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_verb);
PG_FUNCTION_INFO_V1(pc_gate_actor);
PG_FUNCTION_INFO_V1(pc_gate_officer);
PG_FUNCTION_INFO_V1(pc_gate_state);
PG_FUNCTION_INFO_V1(pc_gate_area);
PG_FUNCTION_INFO_V1(pc_gate_outside);
PG_FUNCTION_INFO_V1(pc_gate_reaches);
PG_FUNCTION_INFO_V1(pc_gate_org);
PG_FUNCTION_INFO_V1(pc_gate_orgs);

/* Every verb. Its arguments go to the body as they are, NULLs too. */
Datum
pc_verb(PG_FUNCTION_ARGS)
{
	VerbCall   *call = fcinfo->flinfo->fn_extra;
	PcCaller	caller;
	PcLedgerEntry entry;
	Datum		result;

	LOCAL_FCINFO(body, FUNC_MAX_ARGS);

	if (call == NULL)
		call = find_verb(fcinfo->flinfo);
	identify_caller(&caller, call->verb);
	if (call->has_matter && !PG_ARGISNULL(0))
		caller.matter = PG_GETARG_INT64(0);

	InitFunctionCallInfoData(*body, &call->body, fcinfo->nargs,
							 fcinfo->fncollation, NULL, fcinfo->resultinfo);
	memcpy(body->args, fcinfo->args, sizeof(NullableDatum) * fcinfo->nargs);

	pc_enter_ledger(&entry, caller.owner);
	current_caller = &caller;
	PG_TRY();
	{
		result = FunctionCallInvoke(body);
	}
	PG_FINALLY();
	{
		current_caller = caller.outer;
	}
	PG_END_TRY();
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

	require_argument(fcinfo, 0, "complaint");
	require_argument(fcinfo, 1, "state");
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

/* Answers what gate_area() and gate_outside() ask. */
static Datum
ask_area(FunctionCallInfo fcinfo, AreaTest *test)
{
	PcCaller   *caller = pc_inside_gate();
	int64		org;

	require_argument(fcinfo, 0, "area");
	test->caller = caller;
	test->area = PG_GETARG_AREACODE(0);
	test->level = PG_ARGISNULL(1) ? -1
		: pc_enum_ordinal(PC_ENUM_AREA_LEVEL, PG_GETARG_DATUM(1));
	test->judging = test->judging || test->level >= 0;
	test->at = pc_as_of();
	org = find_post(caller, caller->duties, area_reached, test);
	if (org < 0)
		refuse(caller, "that area at the level that commands");
	if (org == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(org);
}

/*
 * Raises 42501 unless a post with one of the verb's duties reaches the area,
 * at or above the level where one is given, and is not of the org given; where
 * a level is given, nor of one that the matter is about.
 * Returns that post's org; NULL for the owner.
 */
Datum
pc_gate_area(PG_FUNCTION_ARGS)
{
	AreaTest	test = {.not_org = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2)};

	return ask_area(fcinfo, &test);
}

/*
 * As gate_area(), for whoever judges: not of these orgs, nor of one that the
 * matter is about, nor of one below any of them.
 */
Datum
pc_gate_outside(PG_FUNCTION_ARGS)
{
	AreaTest	test = {.judging = true};

	if (!PG_ARGISNULL(2))
	{
		Datum	   *orgs;
		bool	   *nulls;
		int64	   *handling;

		deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT8OID, sizeof(int64),
						  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &orgs, &nulls,
						  &test.nhandling);
		handling = palloc(sizeof(int64) * Max(test.nhandling, 1));
		for (int i = 0; i < test.nhandling; i++)
			handling[i] = nulls[i] ? 0 : DatumGetInt64(orgs[i]);
		test.handling = handling;
	}
	return ask_area(fcinfo, &test);
}

/* Whether a post with one of the verb's duties reaches the area. */
Datum
pc_gate_reaches(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	AreaTest	test = {.caller = caller,.level = -1};

	require_argument(fcinfo, 0, "area");
	test.area = PG_GETARG_AREACODE(0);
	test.at = pc_as_of();
	PG_RETURN_BOOL(find_post(caller, caller->duties, area_reached,
							 &test) >= 0);
}

/*
 * As gate_area(), for a task's org: a post of that org or of one above it in
 * the line. Returns that post's org; NULL for the owner.
 */
Datum
pc_gate_org(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	int64		of;
	int64		org;

	require_argument(fcinfo, 0, "org");
	of = PG_GETARG_INT64(0);
	org = find_post(caller, caller->duties, org_reached, &of);
	if (org < 0)
		refuse(caller, "that org");
	if (org == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(org);
}

/* The orgs for which the caller himself holds a post with the verb's duties. */
Datum
pc_gate_orgs(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	PcPosts    *posts = pc_posts(NULL);
	const PcPost *post;
	int			position = 0;
	ArrayBuildState *orgs = initArrayResult(INT8OID, CurrentMemoryContext, false);

	while ((post = pc_next_post(posts, caller->role, caller->officer,
								&position)) != NULL)
		if (post->duties & caller->duties)
			orgs = accumArrayResult(orgs, Int64GetDatum(post->org), false,
									INT8OID, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(orgs, CurrentMemoryContext));
}
