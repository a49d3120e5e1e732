/*
 * sla_state.c
 *	  The light of a clock, by comparing five instants.
 *
 * Runs once per row of every board and every sweep: no allocation, no look at
 * the catalogue after the first call of a session. Does not read the clock.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "peoplecall.h"

/* the order of the labels of the SQL enum sla_state */
typedef enum PcSlaState
{
	PC_SLA_GREEN = 0,
	PC_SLA_YELLOW,
	PC_SLA_RED,
	PC_SLA_PAUSED,
	PC_SLA_MET,
	PC_SLA_MISSED
} PcSlaState;

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_sla_state);

/*
 * sla_state(at, warn_at, due_at, paused_at, stopped_at). A null warn_at or
 * due_at never comes. A pause that began at the deadline or after it came too
 * late: the clock stays red.
 */
Datum
pc_sla_state(PG_FUNCTION_ARGS)
{
	TimestampTz at;
	TimestampTz due = PG_ARGISNULL(2) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(2);
	PcSlaState	state = PC_SLA_GREEN;

	if (!PG_ARGISNULL(4))
		state = PG_ARGISNULL(2) || PG_GETARG_TIMESTAMPTZ(4) <= due ?
			PC_SLA_MET : PC_SLA_MISSED;
	else if (!PG_ARGISNULL(3) &&
			 (PG_ARGISNULL(2) || PG_GETARG_TIMESTAMPTZ(3) < due))
		state = PC_SLA_PAUSED;
	else if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	else
	{
		at = PG_GETARG_TIMESTAMPTZ(0);
		if (!PG_ARGISNULL(2) && at >= due)
			state = PC_SLA_RED;
		else if (!PG_ARGISNULL(1) && at >= PG_GETARG_TIMESTAMPTZ(1))
			state = PC_SLA_YELLOW;
	}
	PG_RETURN_DATUM(pc_enum_datum(PC_ENUM_SLA_STATE, state));
}
