/*
 * peoplecall.h
 *	  What every C file of the extension shares: the C side of the types.
 *
 * Layers, each using only what stands before it: types, rulebook (compiled
 * rules), calendars, rules, gate, clocks.
 */
#ifndef PEOPLECALL_H
#define PEOPLECALL_H

#include "postgres.h"

#include "fmgr.h"

#define PEOPLECALL_SCHEMA "peoplecall"

/*
 * areacode: the statistical division code as 15 decimal digits, zero-padded
 * on the right; 0 is the root. Segments have 2+2+2+3+3+3 digits.
 */
typedef int64 AreaCode;

#define DatumGetAreaCode(X)			((AreaCode) DatumGetInt64(X))
#define AreaCodeGetDatum(X)			Int64GetDatum((int64) (X))
#define PG_GETARG_AREACODE(n)		DatumGetAreaCode(PG_GETARG_DATUM(n))
#define PG_RETURN_AREACODE(x)		return AreaCodeGetDatum(x)

/* The order is that of the SQL enum area_level, from its first label. */
typedef enum PcAreaLevel
{
	PC_LEVEL_NATION = 0,
	PC_LEVEL_PROVINCE,
	PC_LEVEL_CITY,
	PC_LEVEL_DISTRICT,
	PC_LEVEL_STREET,
	PC_LEVEL_COMMUNITY,
	PC_LEVEL_GRID
} PcAreaLevel;

/* grade: one byte, by value; its comparison is the comparison of the byte. */
typedef enum PcGrade
{
	PC_GRADE_A = 1,
	PC_GRADE_B,
	PC_GRADE_C,
	PC_GRADE_D
} PcGrade;

#define DatumGetGrade(X)			((PcGrade) DatumGetChar(X))
#define GradeGetDatum(X)			CharGetDatum((char) (X))
#define PG_GETARG_GRADE(n)			DatumGetGrade(PG_GETARG_DATUM(n))
#define PG_RETURN_GRADE(x)			return GradeGetDatum(x)

/* timelimit: a unit and an amount in 8 bytes, by value. */
typedef enum PcLimitUnit
{
	PC_UNIT_MINUTE = 1,			/* elapsed minutes */
	PC_UNIT_HOUR,				/* elapsed hours */
	PC_UNIT_DAY,				/* days, same wall clock */
	PC_UNIT_WORK_HOUR,			/* hours counted while the calendar is open */
	PC_UNIT_WORKDAY				/* closes of working days after the starting one */
} PcLimitUnit;

typedef struct PcTimeLimit
{
	PcLimitUnit unit;
	int32		amount;			/* never negative */
} PcTimeLimit;

/* the Datum is (unit << 32) | amount; see timelimit.c */
extern PcTimeLimit pc_timelimit_from_datum(Datum value);
extern Datum pc_timelimit_to_datum(PcTimeLimit limit);

/*
 * The SQL enums that C code speaks. Labels are in install part 10-enums.sql;
 * an ordinal is a label's place there, from 0.
 */
typedef enum PcEnum
{
	PC_ENUM_AREA_LEVEL = 0,
	PC_ENUM_SLA_STATE,
	PC_ENUM_COMPLAINT_STATE,
	PC_ENUM_TASK_STATE,
	PC_ENUM_TASK_ROLE,
	PC_ENUM_CLOCK_KIND,
	PC_ENUM_REQUEST_KIND,
	PC_ENUM_OFFICER_ROLE,
	PC_ENUM_URGENCY,
	PC_ENUM_PRIVACY,
	PC_ENUM_DUTY
} PcEnum;
#define PC_ENUM_COUNT (PC_ENUM_DUTY + 1)

/* enums.c: between an enum's Datum and its ordinal; cached per session */
extern Datum pc_enum_datum(PcEnum type, int ordinal);
extern int	pc_enum_ordinal(PcEnum type, Datum value);
extern Oid	pc_enum_type(PcEnum type);
extern const char *pc_enum_label(PcEnum type, int ordinal);
/* the Oid of any type of the extension, not cached */
extern Oid	pc_own_type(const char *name);

/* badtext.c: refuses a text with 22P02; returns only if escontext took it */
extern Datum pc_bad_text(struct Node *escontext, const char *type_name,
						 const char *text, const char *detail);

/* badtext.c: what a message repeats of a text; palloc'd */
extern char *pc_shown(const char *text, int length);

/* areacode_core.c: arithmetic on codes; no palloc, no ereport */
extern PcAreaLevel pc_area_level(AreaCode code);
extern AreaCode pc_area_parent(AreaCode code);
/* the code cut to the level; a code above the level stays as it is */
extern AreaCode pc_area_ancestor(AreaCode code, PcAreaLevel level);
extern AreaCode pc_area_common(AreaCode a, AreaCode b);
extern AreaCode pc_area_first(AreaCode code);
extern AreaCode pc_area_last(AreaCode code);	/* of the subtree, inclusive */

static inline bool
pc_area_contains(AreaCode outer, AreaCode inner)
{
	return inner >= pc_area_first(outer) && inner <= pc_area_last(outer);
}

/* complaint_id.c: 420102-1234, palloc'd */
extern char *pc_format_complaint_no(int64 id);

/* the level whose territorial org judges a matter of this grade */
extern PcAreaLevel pc_grade_level(PcGrade grade);

#endif							/* PEOPLECALL_H */
