/*
 * badtext.c
 *	  How errors repeat a text, and how the types refuse one that they cannot
 *	  read.
 *
 * Never echoes more than a line of what was given: a text may be a gigabyte
 * long.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "compat.h"
#include "peoplecall.h"

/* bytes of the text that a message repeats */
#define SHOWN_BYTES 64

char *
pc_shown(const char *text, int length)
{
	int			shown = pg_mbcliplen(text, length, SHOWN_BYTES);

	return psprintf("%.*s%s", shown, text, shown < length ? "..." : "");
}

/*
 * Reports a bad text, softly where the caller gave a context that can take
 * it; returns the null Datum then. The detail is a whole sentence.
 */
Datum
pc_bad_text(struct Node *escontext, const char *type_name, const char *text,
			const char *detail)
{
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					type_name, pc_shown(text, (int) strlen(text))),
			 errdetail("%s", detail)));
}
