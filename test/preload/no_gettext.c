/*
 * no_gettext.c
 *	  For servers that run with a sanitizer's library in LD_PRELOAD: no
 *	  translations.
 *
 * With that library the C library's lock around its translations counts one
 * reader too few before main() begins, and the server hangs in
 * bindtextdomain() for ever. Nothing here needs a translation.
 */
#include <stddef.h>

char *
bindtextdomain(const char *domain, const char *folder)
{
	return (char *) folder;
}

char *
bind_textdomain_codeset(const char *domain, const char *codeset)
{
	return (char *) codeset;
}

char *
textdomain(const char *domain)
{
	return (char *) domain;
}
