/*
 * fuzz.h
 *	  What the fuzz targets share.
 *
 * A target gets bytes, calls the extension's C with them as the server would,
 * and aborts by fuzz_require() where an answer is wrong. What it raises is
 * caught by run.c, which aborts on internal errors. It runs in a memory context
 * that is emptied after each input.
 */
#ifndef PEOPLECALL_FUZZ_H
#define PEOPLECALL_FUZZ_H

#include "postgres.h"

#include "fmgr.h"

#include "compat.h"

typedef void (*FuzzTarget) (const char *bytes, size_t size);

typedef struct FuzzEntry
{
	const char *name;
	FuzzTarget	run;
} FuzzEntry;

/* each ends with a NULL name */
extern const FuzzEntry fuzz_types[];
extern const FuzzEntry fuzz_values[];

/* the parts of an input that hold one text, one binary message, one varlena */
extern char *fuzz_cstring(const char *bytes, size_t size);
extern text *fuzz_text(const char *bytes, size_t size);
extern struct varlena *fuzz_varlena(const char *bytes, size_t size);

extern PC_NORETURN void fuzz_wrong(const char *what);

#define fuzz_require(condition) \
	do { if (!(condition)) fuzz_wrong(#condition); } while (0)

/* memory.c: frees what the input before left */
extern void fuzz_free_all(void);

#endif							/* PEOPLECALL_FUZZ_H */
