/*
 * track_code.c
 *	  The code by which a citizen follows his matter: 100 random bits in an
 *	  alphabet that survives being read out over the phone.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "peoplecall.h"

#define CODE_CHARS 20
#define GROUP 4

/* without I, L, O and U: they are taken for 1, 1, 0 and V */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_new_track_code);

Datum
pc_new_track_code(PG_FUNCTION_ARGS)
{
	uint8		random[CODE_CHARS];
	char		code[CODE_CHARS + CODE_CHARS / GROUP];
	char	   *p = code;

	if (!pg_strong_random(random, sizeof(random)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	for (int i = 0; i < CODE_CHARS; i++)
	{
		if (i > 0 && i % GROUP == 0)
			*p++ = '-';
		/* 256 is a multiple of 32: no letter is likelier than another */
		*p++ = alphabet[random[i] % 32];
	}
	*p = '\0';
	PG_RETURN_TEXT_P(cstring_to_text(code));
}
