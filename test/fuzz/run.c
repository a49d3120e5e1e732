/*
 * run.c
 *	  Runs libFuzzer inside a backend, so that what is fuzzed is the code as it
 *	  is, with the server's own memory, errors and jsonb around it.
 *
 * fuzz_run(target, arguments) does not return: libFuzzer ends the process, with
 * 0 after the last run, with another number at a finding.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "fuzz.h"

typedef int (*FuzzerCallback) (const uint8 *data, size_t size);

extern int	LLVMFuzzerRunDriver(int *argc, char ***argv, FuzzerCallback callback);

static FuzzTarget target = NULL;
static MemoryContext input_context = NULL;

void
fuzz_wrong(const char *what)
{
	fprintf(stderr, "fuzz: not so: %s\n", what);
	abort();
}

/* Bytes of their own, so that reading past them is seen. */
char *
fuzz_cstring(const char *bytes, size_t size)
{
	size_t		length = strnlen(bytes, size);
	char	   *text;

	/* the server has verified what comes to an input function */
	length = pg_verify_mbstr_len(PG_UTF8, bytes, length, true) < 0 ? 0 : length;
	text = palloc(length + 1);
	memcpy(text, bytes, length);
	text[length] = '\0';
	return text;
}

struct varlena *
fuzz_varlena(const char *bytes, size_t size)
{
	struct varlena *value = palloc(VARHDRSZ + size);

	SET_VARSIZE(value, VARHDRSZ + size);
	memcpy(VARDATA(value), bytes, size);
	return value;
}

text *
fuzz_text(const char *bytes, size_t size)
{
	char	   *string = fuzz_cstring(bytes, size);

	return (text *) fuzz_varlena(string, strlen(string));
}

static int
run_one(const uint8 *data, size_t size)
{
	MemoryContext before = MemoryContextSwitchTo(input_context);
	sigjmp_buf *exception = PG_exception_stack;

	PG_TRY();
	{
		/* strnlen() and memcpy() want an address for no bytes too */
		target(size > 0 ? (const char *) data : "", size);
	}
	PG_CATCH();
	{
		int			code = geterrcode();

		if (ERRCODE_TO_CATEGORY(code) == ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR))
		{
			EmitErrorReport();
			fuzz_wrong("an error is never an internal one");
		}
		FlushErrorState();
	}
	PG_END_TRY();
	fuzz_require(PG_exception_stack == exception);
	MemoryContextSwitchTo(before);
	MemoryContextReset(input_context);
	fuzz_free_all();
	return 0;
}

static FuzzTarget
find_target(const char *name)
{
	const FuzzEntry *const tables[] = {fuzz_types, fuzz_values};

	for (int i = 0; i < (int) lengthof(tables); i++)
		for (const FuzzEntry *entry = tables[i]; entry->name != NULL; entry++)
			if (strcmp(entry->name, name) == 0)
				return entry->run;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no target \"%s\"", name)));
}

PG_FUNCTION_INFO_V1(fuzz_run);
PG_FUNCTION_INFO_V1(fuzz_targets);

Datum
fuzz_run(PG_FUNCTION_ARGS)
{
	Datum	   *words;
	int			count;
	int			argc = 1;
	char	  **argv;

	target = find_target(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false,
					  TYPALIGN_INT, &words, NULL, &count);
	argv = MemoryContextAllocZero(TopMemoryContext, sizeof(char *) * (count + 2));
	argv[0] = "fuzz";
	for (int i = 0; i < count; i++)
		argv[argc++] = MemoryContextStrdup(TopMemoryContext, TextDatumGetCString(words[i]));
	input_context = AllocSetContextCreate(TopMemoryContext, "fuzz input",
										  ALLOCSET_DEFAULT_SIZES);
	LLVMFuzzerRunDriver(&argc, &argv, run_one);
	PG_RETURN_VOID();
}

/* The names of the targets, one a line. */
Datum
fuzz_targets(PG_FUNCTION_ARGS)
{
	StringInfoData names;

	initStringInfo(&names);
	for (const FuzzEntry *entry = fuzz_types; entry->name != NULL; entry++)
		appendStringInfo(&names, "%s\n", entry->name);
	for (const FuzzEntry *entry = fuzz_values; entry->name != NULL; entry++)
		appendStringInfo(&names, "%s\n", entry->name);
	PG_RETURN_TEXT_P(cstring_to_text(names.data));
}
