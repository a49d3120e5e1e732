/*
 * category.c
 *	  Category paths (ltree) inside compiled rules, as a tree of labels.
 *
 * The only file that looks into an ltree. A node is found by its parent and
 * its label, so that a search compares every label of the path once and ends
 * where the tree ends. Labels are compared byte by byte, as ltree does.
 *
 * pc_category_find() allocates nothing but the aligned copy of a path that
 * comes with a short header; it must never change the tree.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "extension/ltree/ltree.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "category.h"

#define FIRST_MAXIMUM	64

static inline uint32
label_hash(int parent, const ltree_level *level)
{
	return hash_bytes((const unsigned char *) level->name, level->len) ^
		((uint32) parent * 0x9E3779B1U);
}

static inline int
find_child(const PcCategoryTree *tree, int parent, const ltree_level *level,
		   uint32 hash)
{
	int			node = tree->buckets[hash & (tree->maximum - 1)];

	for (; node != PC_CATEGORY_NONE; node = tree->nodes[node].next)
	{
		const PcCategoryNode *candidate = &tree->nodes[node];

		if (candidate->hash == hash && candidate->parent == parent &&
			candidate->label_length == level->len &&
			memcmp(candidate->label, level->name, level->len) == 0)
			break;
	}
	return node;
}

static void
put_in_bucket(PcCategoryTree *tree, int node)
{
	int		   *bucket;

	bucket = &tree->buckets[tree->nodes[node].hash & (tree->maximum - 1)];
	tree->nodes[node].next = *bucket;
	*bucket = node;
}

static void
make_buckets(PcCategoryTree *tree)
{
	for (int i = 0; i < tree->maximum; i++)
		tree->buckets[i] = PC_CATEGORY_NONE;

	/* the root is nobody's child */
	for (int i = PC_CATEGORY_ROOT + 1; i < tree->count; i++)
		put_in_bucket(tree, i);
}

static void
grow(PcCategoryTree *tree)
{
	tree->maximum *= 2;
	tree->nodes = repalloc(tree->nodes,
						   tree->maximum * sizeof(PcCategoryNode));
	tree->buckets = repalloc(tree->buckets, tree->maximum * sizeof(int));
	make_buckets(tree);
}

static int
add_child(PcCategoryTree *tree, int parent, const ltree_level *level,
		  uint32 hash)
{
	PcCategoryNode *node;
	char	   *label;

	if (tree->count == tree->maximum)
		grow(tree);
	label = MemoryContextAlloc(tree->context, level->len + 1);
	memcpy(label, level->name, level->len);

	node = &tree->nodes[tree->count];
	node->parent = parent;
	node->depth = tree->nodes[parent].depth + 1;
	node->hash = hash;
	node->label_length = level->len;
	node->label = label;
	put_in_bucket(tree, tree->count);
	return tree->count++;
}

PcCategoryTree *
pc_category_tree(MemoryContext context)
{
	PcCategoryTree *tree = MemoryContextAllocZero(context,
												  sizeof(PcCategoryTree));

	tree->context = context;
	tree->maximum = FIRST_MAXIMUM;
	tree->nodes = MemoryContextAllocZero(context, tree->maximum *
										 sizeof(PcCategoryNode));
	tree->buckets = MemoryContextAlloc(context,
									   tree->maximum * sizeof(int));
	tree->nodes[PC_CATEGORY_ROOT].parent = PC_CATEGORY_NONE;
	tree->nodes[PC_CATEGORY_ROOT].label = "";
	tree->count = 1;
	make_buckets(tree);
	return tree;
}

int
pc_category_add(PcCategoryTree *tree, Datum path)
{
	ltree	   *labels = DatumGetLtreeP(path);
	ltree_level *level = LTREE_FIRST(labels);
	int			node = PC_CATEGORY_ROOT;

	for (int i = 0; i < labels->numlevel; i++, level = LEVEL_NEXT(level))
	{
		uint32		hash = label_hash(node, level);
		int			child = find_child(tree, node, level, hash);

		if (child == PC_CATEGORY_NONE)
			child = add_child(tree, node, level, hash);
		node = child;
	}
	if ((Pointer) labels != DatumGetPointer(path))
		pfree(labels);
	return node;
}

int
pc_category_find(const PcCategoryTree *tree, Datum path, bool *exact)
{
	ltree	   *labels = DatumGetLtreeP(path);
	ltree_level *level = LTREE_FIRST(labels);
	int			node = PC_CATEGORY_ROOT;

	*exact = true;
	for (int i = 0; i < labels->numlevel; i++, level = LEVEL_NEXT(level))
	{
		int			child = find_child(tree, node, level,
									   label_hash(node, level));

		if (child == PC_CATEGORY_NONE)
		{
			*exact = false;
			break;
		}
		node = child;
	}
	if ((Pointer) labels != DatumGetPointer(path))
		pfree(labels);
	return node;
}

char *
pc_category_node_text(const PcCategoryTree *tree, int node)
{
	const PcCategoryNode *nodes = tree->nodes;
	int			length = 0;
	char	   *text;
	char	   *place;

	for (int i = node; i != PC_CATEGORY_ROOT; i = nodes[i].parent)
		length += nodes[i].label_length + 1;
	if (length == 0)
		return pstrdup("");

	text = palloc(length);
	place = text + length;
	for (int i = node; i != PC_CATEGORY_ROOT; i = nodes[i].parent)
	{
		/* a dot after each label, and the end after the last */
		*--place = (i == node) ? '\0' : '.';
		place -= nodes[i].label_length;
		memcpy(place, nodes[i].label, nodes[i].label_length);
	}
	Assert(place == text);
	return text;
}

char *
pc_category_text(Datum path)
{
	ltree	   *labels = DatumGetLtreeP(path);
	ltree_level *level = LTREE_FIRST(labels);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < labels->numlevel; i++, level = LEVEL_NEXT(level))
	{
		if (i > 0)
			appendStringInfoChar(&text, '.');
		appendBinaryStringInfo(&text, level->name, level->len);
	}
	return text.data;
}
