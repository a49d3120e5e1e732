/*
 * acting.c
 *	  act_for: a pooled application role names the officer for whom it acts.
 *
 * Holds for the transaction and for the role that said it, whatever other
 * roles say in between; a rollback to a savepoint takes back what was said
 * after it. Whether it may be is asked again with every verb. It is not a setting, since
 * anybody may set a setting. Parallel workers do not know it, so whatever
 * asks for it must not run there.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "errcodes.h"
#include "gate.h"
#include "ledger.h"
#include "orgs.h"
#include "peoplecall.h"
#include "posts.h"

typedef struct Acting
{
	int64		officer;
	Oid			role;
	SubTransactionId subxact;	/* where it was said */
	struct Acting *before;
} Acting;

/* lives in TopTransactionContext */
static Acting *acting = NULL;

static void
forget_at_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			acting = NULL;
			break;
		default:
			break;
	}
}

/* Of what one role said, only the last counts where both would be kept. */
static void
forget_older(Acting *newer)
{
	Acting	  **link = &newer->before;

	while (*link != NULL)
	{
		Acting	   *older = *link;

		if (older->role == newer->role && older->subxact == newer->subxact)
		{
			*link = older->before;
			pfree(older);
		}
		else
			link = &older->before;
	}
}

static void
at_subxact_end(SubXactEvent event, SubTransactionId subxact,
			   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		while (acting != NULL && acting->subxact == subxact)
		{
			Acting	   *undone = acting;

			acting = undone->before;
			pfree(undone);
		}
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		Acting	   *a;

		for (a = acting; a != NULL && a->subxact == subxact; a = a->before)
			a->subxact = parent;
		for (a = acting; a != NULL && a->subxact == parent; a = a->before)
			forget_older(a);
	}
}

/* What the role said last. */
static Acting *
acting_as(Oid role)
{
	for (Acting *a = acting; a != NULL; a = a->before)
		if (a->role == role)
			return a;
	return NULL;
}

int64
pc_acting_officer(Oid role)
{
	Acting	   *said = acting_as(role);

	return said != NULL ? said->officer : 0;
}

/* May this role act for officers of that org? */
static bool
may_act(const PcPosts *posts, Oid role, int64 officer_org)
{
	PcOrgs	   *orgs = pc_orgs(NULL);
	const PcOrg *org = pc_org(orgs, officer_org);
	const PcPost *post;
	int			position = 0;

	while (org != NULL &&
		   (post = pc_next_post(posts, role, 0, &position)) != NULL)
	{
		const PcOrg *of = pc_org(orgs, post->org);

		if ((post->duties & PC_DUTY_DELEGATE) == 0 || of == NULL || !of->active)
			continue;
		if (pc_org_is_below(orgs, officer_org, post->org) ||
			(of->territorial &&
			 pc_org_covers_area(orgs, of, org->area, pc_as_of())))
			return true;
	}
	return false;
}

bool
pc_may_act_for(const PcPosts *posts, Oid role, int64 officer)
{
	int64		org = pc_officer_org(posts, officer);

	return org != 0 &&
		(has_privs_of_role(role, pc_ledger_owner()) || may_act(posts, role, org));
}

static void
check_may_act(Oid role, int64 officer)
{
	PcPosts    *posts = pc_posts(NULL);

	if (posts == NULL)
		pc_no_ledger();
	if (pc_may_act_for(posts, role, officer))
		return;
	if (has_privs_of_role(role, pc_ledger_owner()))
		ereport(ERROR,
				(errcode(ERRCODE_PC_NOT_FOUND),
				 errmsg("there is no active officer %lld",
						(long long) officer)));

	/* the same answer for a stranger and for nobody: ids are not to be guessed */
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to act for officer %lld",
					(long long) officer),
			 errhint("The role needs a post with the duty \"delegate\" for the officer's org or one above it.")));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_act_for);

Datum
pc_act_for(PG_FUNCTION_ARGS)
{
	static bool registered = false;
	Oid			role = GetUserId();
	int64		officer = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	Acting	   *said;

	if (officer != 0)
		check_may_act(role, officer);
	if (!registered)
	{
		RegisterXactCallback(forget_at_end, NULL);
		RegisterSubXactCallback(at_subxact_end, NULL);
		registered = true;
	}

	/* said again in the same subtransaction: nothing to go back to */
	said = acting_as(role);
	if (said == NULL || said->subxact != GetCurrentSubTransactionId())
	{
		said = MemoryContextAlloc(TopTransactionContext, sizeof(Acting));
		said->role = role;
		said->subxact = GetCurrentSubTransactionId();
		said->before = acting;
		acting = said;
	}
	said->officer = officer;
	PG_RETURN_VOID();
}
