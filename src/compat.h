/*
 * compat.h
 *	  Differences between the PostgreSQL versions that we build against
 *	  (15 to 18). No other file asks for PG_VERSION_NUM.
 */
#ifndef PEOPLECALL_COMPAT_H
#define PEOPLECALL_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "peoplecall needs PostgreSQL 15 or later"
#endif

/*
 * Stands before extern or static. 18 has a keyword of its own and no longer
 * the attribute.
 */
#if PG_VERSION_NUM >= 180000
#define PC_NORETURN pg_noreturn
#else
#define PC_NORETURN pg_attribute_noreturn()
#endif

/*
 * Soft errors came with 16. On 15 an input function can only throw; the
 * context is then always NULL and ereturn is ereport(ERROR).
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define PC_ESCONTEXT(fcinfo) ((fcinfo)->context)
#else
#define PC_ESCONTEXT(fcinfo) NULL
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

#endif							/* PEOPLECALL_COMPAT_H */
