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

/* what a varlena looks like inside left postgres.h with 16 */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
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

/* DecodeDateTime reports more of an error since 16 */
#include "utils/datetime.h"
static inline int
pc_decode_datetime(char **field, int *ftype, int nf, int *dtype,
				   struct pg_tm *tm, fsec_t *fsec, int *tzp)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;

	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp, &extra);
#else
	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp);
#endif
}

/* since 16, what a check hook hands over is freed by guc_free() */
#include "utils/guc.h"
#if PG_VERSION_NUM >= 160000
#define pc_guc_malloc(size) guc_malloc(LOG, size)
#define pc_guc_strdup(string) guc_strdup(LOG, string)
#define pc_guc_free(pointer) guc_free(pointer)
#else
#define pc_guc_malloc(size) malloc(size)
#define pc_guc_strdup(string) strdup(string)
#define pc_guc_free(pointer) free(pointer)
#endif

/* 16 replaced the functions per kind of object by one */
#include "utils/acl.h"
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_namespace.h"
#define pc_namespace_aclcheck(schema, role, mode) \
	object_aclcheck(NamespaceRelationId, schema, role, mode)
#else
#define pc_namespace_aclcheck(schema, role, mode) \
	pg_namespace_aclcheck(schema, role, mode)
#endif

#endif							/* PEOPLECALL_COMPAT_H */
