/*
 * recusal.c
 *	  Whose posts do not count: of orgs that a matter is about, and of the
 *	  duties that a verb does not ask for this time.
 *
 * Every verb locks its complaint before it asks the gate, and the lock says
 * whom the matter is about. So a verb cannot forget it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "gate.h"
#include "orgs.h"
#include "peoplecall.h"
#include "posts.h"

bool
pc_org_answers_to(const PcOrgs *orgs, const PcOrg *org, const int64 *of,
				  int count)
{
	for (int i = 0; i < count; i++)
	{
		const PcOrg *above;

		if (org->id == of[i])
			return true;
		above = pc_org(orgs, of[i]);
		if (above != NULL && !org->inspects &&
			pc_org_superior(orgs, above) != NULL &&
			pc_org_is_below(orgs, org->id, of[i]))
			return true;
	}
	return false;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_gate_recuse);
PG_FUNCTION_INFO_V1(pc_gate_narrow);

Datum
pc_gate_recuse(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	int64		org;

	if (PG_ARGISNULL(0))
		PG_RETURN_VOID();
	org = PG_GETARG_INT64(0);
	for (int i = 0; i < caller->nrecused; i++)
		if (caller->recused[i] == org)
			PG_RETURN_VOID();
	/* few matters are about one, and fewer verbs look at several of them */
	if (caller->recused == NULL)
		caller->recused = MemoryContextAlloc(caller->context, sizeof(int64));
	else
		caller->recused = repalloc(caller->recused,
								   sizeof(int64) * (caller->nrecused + 1));
	caller->recused[caller->nrecused++] = org;
	PG_RETURN_VOID();
}

/* The verb's duties that are left if only this one counts may be none. */
Datum
pc_gate_narrow(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();

	pc_require_argument(fcinfo, 0, "duty");
	caller->duties &= PC_DUTY(pc_enum_ordinal(PC_ENUM_DUTY,
											  PG_GETARG_DATUM(0)));
	PG_RETURN_VOID();
}
