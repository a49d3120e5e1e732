/*
 * palloc.c
 *	  For tools/checked.sh: what the extension allocates, and the values that it
 *	  is handed, as blocks of malloc() of their very size.
 *
 * The server cuts what palloc() returns out of blocks, in which neither an
 * address sanitizer nor memcheck sees bounds. Objects linked with this, by the
 * linker's --wrap, get theirs from a context of a kind of its own, which ends with
 * the one that they ask; the server frees and grows them as any other. A chunk
 * has its context in the word before it, which is so up to PostgreSQL 15.
 */
#include "postgres.h"

#include "nodes/memnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#if PG_VERSION_NUM >= 160000
#error "from PostgreSQL 16 on there are no other kinds of contexts than the server's"
#endif

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define HIDE(start, size) ASAN_POISON_MEMORY_REGION(start, size)
#define SHOW(start, size) ASAN_UNPOISON_MEMORY_REGION(start, size)
#define UNCHECKED __attribute__((no_sanitize("address")))
#else
#define HIDE(start, size) ((void) 0)
#define SHOW(start, size) ((void) 0)
#define UNCHECKED
#endif

typedef struct Chunk
{
	struct Chunk *before;
	struct Chunk *after;
	Size		size;
	MemoryContext context;
} Chunk;

typedef struct OwnContext
{
	MemoryContextData header;
	Chunk		list;
	MemoryContextCallback end;
} OwnContext;

#define CHUNK_OF(pointer) ((Chunk *) (pointer) - 1)

static UNCHECKED void *
own_alloc(MemoryContext context, Size size)
{
	Chunk	   *list = &((OwnContext *) context)->list;
	Chunk	   *chunk = malloc(sizeof(Chunk) + size);

	if (chunk == NULL)
		return NULL;
	chunk->size = size;
	chunk->context = context;
	chunk->before = list;
	chunk->after = list->after;
	list->after->before = chunk;
	list->after = chunk;
	context->mem_allocated += size;
	HIDE(chunk, sizeof(Chunk));
	return chunk + 1;
}

static UNCHECKED void
own_free(MemoryContext context, void *pointer)
{
	Chunk	   *chunk = CHUNK_OF(pointer);

	chunk->before->after = chunk->after;
	chunk->after->before = chunk->before;
	context->mem_allocated -= chunk->size;
	SHOW(chunk, sizeof(Chunk));
	free(chunk);
}

static UNCHECKED void *
own_realloc(MemoryContext context, void *pointer, Size size)
{
	Size		before = CHUNK_OF(pointer)->size;
	void	   *moved = own_alloc(context, size);

	if (moved == NULL)
		return NULL;
	memcpy(moved, pointer, Min(before, size));
	own_free(context, pointer);
	return moved;
}

static UNCHECKED void
own_reset(MemoryContext context)
{
	Chunk	   *list = &((OwnContext *) context)->list;

	while (list->after != list)
		own_free(context, list->after + 1);
}

static void
own_delete(MemoryContext context)
{
	own_reset(context);
	free(context);
}

static UNCHECKED Size
own_space(MemoryContext context, void *pointer)
{
	return CHUNK_OF(pointer)->size + sizeof(Chunk);
}

static bool
own_is_empty(MemoryContext context)
{
	return ((OwnContext *) context)->list.after == &((OwnContext *) context)->list;
}

static void
own_stats(MemoryContext context, MemoryStatsPrintFunc print, void *passthru,
		  MemoryContextCounters *totals, bool to_stderr)
{
	if (totals)
		totals->totalspace += context->mem_allocated;
}

static const MemoryContextMethods own_methods = {
	.alloc = own_alloc,
	.free_p = own_free,
	.realloc = own_realloc,
	.reset = own_reset,
	.delete_context = own_delete,
	.get_chunk_space = own_space,
	.is_empty = own_is_empty,
	.stats = own_stats
};

/* The context that was asked is reset or deleted. */
static void
own_end(void *argument)
{
	MemoryContextDelete(argument);
}

/*
 * The context of our chunks that goes with another; NULL where there is no
 * memory. It is no child: those go before the callbacks, which may use what was
 * allocated in their context. Ours is registered with the first allocation, so
 * it is called after those that the extension registers.
 */
static MemoryContext
own_context(MemoryContext context)
{
	MemoryContextCallback *callback;
	OwnContext *made;

	if (context->methods == &own_methods)
		return context;
	for (callback = context->reset_cbs; callback != NULL; callback = callback->next)
		if (callback->func == own_end)
			return callback->arg;
	made = malloc(sizeof(OwnContext));
	if (made == NULL)
		return NULL;
	made->list.before = made->list.after = &made->list;
	MemoryContextCreate(&made->header, T_AllocSetContext, &own_methods, NULL, "peoplecall's own");
	made->end.func = own_end;
	made->end.arg = &made->header;
	MemoryContextRegisterResetCallback(context, &made->end);
	return &made->header;
}

static void *
allocate(MemoryContext context, Size size, int flags)
{
	MemoryContext own;
	void	   *got = NULL;

	if (!((flags & MCXT_ALLOC_HUGE) ? AllocHugeSizeIsValid(size) : AllocSizeIsValid(size)))
		elog(ERROR, "invalid memory alloc request size %zu", size);
	own = own_context(context);
	if (own != NULL)
	{
		own->isReset = false;
		got = own_alloc(own, size);
	}
	if (got == NULL)
	{
		if (flags & MCXT_ALLOC_NO_OOM)
			return NULL;
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
						errdetail("Failed on request of size %zu in memory context \"%s\".", size, context->name)));
	}
	if (flags & MCXT_ALLOC_ZERO)
		memset(got, 0, size);
	return got;
}

static void *
copied(const void *from, Size size)
{
	return memcpy(allocate(CurrentMemoryContext, size, 0), from, size);
}

extern void *__wrap_palloc(Size size);
extern void *__wrap_palloc0(Size size);
extern void *__wrap_palloc_extended(Size size, int flags);
extern void *__wrap_MemoryContextAlloc(MemoryContext context, Size size);
extern void *__wrap_MemoryContextAllocZero(MemoryContext context, Size size);
extern void *__wrap_MemoryContextAllocZeroAligned(MemoryContext context, Size size);
extern void *__wrap_MemoryContextAllocExtended(MemoryContext context, Size size, int flags);
extern void *__wrap_MemoryContextAllocHuge(MemoryContext context, Size size);
extern char *__wrap_MemoryContextStrdup(MemoryContext context, const char *string);
extern char *__wrap_pstrdup(const char *string);
extern char *__wrap_pnstrdup(const char *string, Size longest);
extern struct varlena *__wrap_pg_detoast_datum(struct varlena *datum);
extern struct varlena *__wrap_pg_detoast_datum_copy(struct varlena *datum);
extern struct varlena *__wrap_pg_detoast_datum_packed(struct varlena *datum);
extern char *__wrap_text_to_cstring(const text *string);

extern struct varlena *__real_pg_detoast_datum(struct varlena *datum);
extern struct varlena *__real_pg_detoast_datum_packed(struct varlena *datum);
extern char *__real_text_to_cstring(const text *string);

void *
__wrap_palloc(Size size)
{
	return allocate(CurrentMemoryContext, size, 0);
}

void *
__wrap_palloc0(Size size)
{
	return allocate(CurrentMemoryContext, size, MCXT_ALLOC_ZERO);
}

void *
__wrap_palloc_extended(Size size, int flags)
{
	return allocate(CurrentMemoryContext, size, flags);
}

void *
__wrap_MemoryContextAlloc(MemoryContext context, Size size)
{
	return allocate(context, size, 0);
}

void *
__wrap_MemoryContextAllocZero(MemoryContext context, Size size)
{
	return allocate(context, size, MCXT_ALLOC_ZERO);
}

void *
__wrap_MemoryContextAllocZeroAligned(MemoryContext context, Size size)
{
	return allocate(context, size, MCXT_ALLOC_ZERO);
}

void *
__wrap_MemoryContextAllocExtended(MemoryContext context, Size size, int flags)
{
	return allocate(context, size, flags);
}

void *
__wrap_MemoryContextAllocHuge(MemoryContext context, Size size)
{
	return allocate(context, size, MCXT_ALLOC_HUGE);
}

char *
__wrap_MemoryContextStrdup(MemoryContext context, const char *string)
{
	Size		size = strlen(string) + 1;

	return memcpy(allocate(context, size, 0), string, size);
}

char *
__wrap_pstrdup(const char *string)
{
	return copied(string, strlen(string) + 1);
}

char *
__wrap_pnstrdup(const char *string, Size longest)
{
	Size		length = strnlen(string, longest);
	char	   *copy = allocate(CurrentMemoryContext, length + 1, 0);

	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

struct varlena *
__wrap_pg_detoast_datum(struct varlena *datum)
{
	struct varlena *plain = __real_pg_detoast_datum(datum);

	return copied(plain, VARSIZE_ANY(plain));
}

struct varlena *
__wrap_pg_detoast_datum_copy(struct varlena *datum)
{
	return __wrap_pg_detoast_datum(datum);
}

struct varlena *
__wrap_pg_detoast_datum_packed(struct varlena *datum)
{
	struct varlena *plain = __real_pg_detoast_datum_packed(datum);

	return copied(plain, VARSIZE_ANY(plain));
}

char *
__wrap_text_to_cstring(const text *string)
{
	return __wrap_pstrdup(__real_text_to_cstring(string));
}
