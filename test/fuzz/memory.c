/*
 * memory.c
 *	  palloc() by way of malloc(), for the objects that are linked with this.
 *
 * The server cuts what palloc() returns out of blocks, in which an address
 * sanitizer sees no bounds. Here the extension's own allocations are malloc()'s,
 * one by one, each with its bounds. The server's stay the server's, and a
 * pointer may be either's: what is ours has a mark before it. Contexts are not
 * imitated: all that is ours is freed after each input.
 */
#include "postgres.h"

#include <dlfcn.h>

#include "utils/memutils.h"
#include "utils/palloc.h"

#include "fuzz.h"

#define MARK UINT64CONST(0x70656f706c656663)

typedef struct Chunk
{
	struct Chunk *before;
	struct Chunk *after;
	uint64		size;
	uint64		mark;
} Chunk;

static Chunk list = {&list, &list, 0, 0};

static Chunk *
own_chunk(void *pointer)
{
	Chunk	   *chunk = (Chunk *) pointer - 1;

	return chunk->mark == MARK ? chunk : NULL;
}

static void *
new_chunk(Size size)
{
	Chunk	   *chunk;

	if (!AllocSizeIsValid(size))
		elog(ERROR, "invalid memory alloc request size %zu", size);
	chunk = malloc(sizeof(Chunk) + size);
	if (chunk == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	chunk->size = size;
	chunk->mark = MARK;
	chunk->before = &list;
	chunk->after = list.after;
	list.after->before = chunk;
	list.after = chunk;
	return chunk + 1;
}

static void
free_chunk(Chunk *chunk)
{
	chunk->before->after = chunk->after;
	chunk->after->before = chunk->before;
	chunk->mark = 0;
	free(chunk);
}

void
fuzz_free_all(void)
{
	while (list.after != &list)
		free_chunk(list.after);
}

/* RTLD_DEFAULT would find ours first, since the library is linked -Bsymbolic. */
static void *
server_function(const char *name)
{
	return dlsym(dlopen(NULL, RTLD_LAZY), name);
}

void *
palloc(Size size)
{
	return new_chunk(size);
}

void *
palloc0(Size size)
{
	return memset(new_chunk(size), 0, size);
}

void
pfree(void *pointer)
{
	static void (*of_server) (void *);
	Chunk	   *chunk = own_chunk(pointer);

	if (chunk != NULL)
		free_chunk(chunk);
	else
	{
		if (of_server == NULL)
			of_server = server_function("pfree");
		of_server(pointer);
	}
}

void *
repalloc(void *pointer, Size size)
{
	static void *(*of_server) (void *, Size);
	Chunk	   *chunk = own_chunk(pointer);
	void	   *moved;

	if (chunk == NULL)
	{
		if (of_server == NULL)
			of_server = server_function("repalloc");
		return of_server(pointer, size);
	}
	moved = new_chunk(size);
	memcpy(moved, pointer, Min(size, chunk->size));
	free_chunk(chunk);
	return moved;
}
