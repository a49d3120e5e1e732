/*
 * chars.h
 *	  Reading the texts of the types character by character.
 *
 * The server's isspace() depends on the locale; what a type reads must not.
 * No server encoding hides one of these bytes inside a character. Nothing here
 * allocates, throws or calls the server, so that a parser can be fuzzed alone.
 */
#ifndef PEOPLECALL_CHARS_H
#define PEOPLECALL_CHARS_H

#include "postgres.h"

static inline bool
pc_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
pc_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Surrounding white space is tolerated, as the server's int8in does. */
static inline void
pc_trim(const char **text, size_t *len)
{
	while (*len > 0 && pc_is_space((*text)[0]))
	{
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && pc_is_space((*text)[*len - 1]))
		(*len)--;
}

#endif							/* PEOPLECALL_CHARS_H */
