/*
 * ladder.h
 *	  The ladder (escalation_step) in compiled form, and the times of a clock.
 */
#ifndef PEOPLECALL_LADDER_H
#define PEOPLECALL_LADDER_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/array.h"

#include "deadline.h"
#include "peoplecall.h"
#include "policy.h"

/* A row of escalation_step. */
typedef struct PcStep
{
	int			clock;			/* ordinal of clock_kind */
	PcGrade		grade;			/* 0 for any */
	bool		by_fraction;	/* else a limit after the deadline */
	double		fraction;
	PcTimeLimit after;
	int16		seq;
	int64		id;
	ArrayType  *tell;
	text	   *act;
} PcStep;

typedef struct PcLadder
{
	double		warn_fraction;
	int			first[PC_CLOCK_KINDS + 1];	/* by clock; the last is the end */
	PcStep	   *steps;			/* clock by clock */
} PcLadder;

/* What the times of a clock's steps follow from. */
typedef struct PcClockTime
{
	PcCalendar *calendar;		/* NULL: natural time */
	PcLimitUnit unit;			/* of the limit: what the clock counts in */
	TimestampTz start;
	TimestampTz due;
	const PcPause *pauses;
	int			npauses;
} PcClockTime;

/* as it is now; refuses where no ledger stands */
extern const PcLadder *pc_ladder(FmgrInfo *flinfo);

/* when a step is due; infinity while its clock has no deadline */
extern TimestampTz pc_step_at(const PcStep *step, const PcClockTime *clock);

#endif							/* PEOPLECALL_LADDER_H */
