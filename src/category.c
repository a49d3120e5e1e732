/*
 * category.c
 *	  Categories (ltree) in C: reading the labels of a path, and a tree of the
 *	  paths that rules name.
 *
 * A path stored in a table mostly has a short varlena header, so its labels
 * stand at any address: they are read byte by byte through memcpy and never by
 * ltree's own macros, which would need a copy. Paths compare by bytes, as
 * ltree's operators do. Looking up never allocates.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"

#include "extension/ltree/ltree.h"
#include "lib/stringinfo.h"

#include "category.h"
#include "compat.h"

#define FIRST_ROOM 64

/* where the labels begin, after the varlena header */
#define LABELS_OFFSET (LTREE_HDRSIZE - VARHDRSZ)

void
pc_labels_open(PcLabels *labels, const struct varlena *path)
{
	const char *data = VARDATA_ANY(path);
	uint16		count;

	memcpy(&count, data, sizeof(count));
	labels->next = data + LABELS_OFFSET;
	labels->left = count;
}

bool
pc_labels_next(PcLabels *labels, const char **label, int *length)
{
	uint16		bytes;

	if (labels->left == 0)
		return false;
	memcpy(&bytes, labels->next, sizeof(bytes));
	*label = labels->next + LEVEL_HDRSIZE;
	*length = bytes;
	labels->next += MAXALIGN(bytes + LEVEL_HDRSIZE);
	labels->left--;
	return true;
}

static int
new_node(PcCategoryTree *tree, int parent, const char *label, int length)
{
	PcCategoryNode *node;
	char	   *copy;

	if (tree->nnodes == tree->room)
	{
		Size		bytes = sizeof(PcCategoryNode) * tree->room * 2;

		tree->nodes = repalloc_huge(tree->nodes, bytes);
		tree->room *= 2;
	}
	copy = MemoryContextAlloc(tree->context, length + 1);
	memcpy(copy, label, length);
	copy[length] = '\0';

	node = &tree->nodes[tree->nnodes];
	node->parent = parent;
	node->depth = parent < 0 ? 0 : tree->nodes[parent].depth + 1;
	node->alike = -1;
	node->label = copy;
	node->label_length = length;
	node->path = NULL;
	return tree->nnodes++;
}

PcCategoryTree *
pc_category_tree(MemoryContext context)
{
	PcCategoryTree *tree = MemoryContextAllocZero(context, sizeof(*tree));

	tree->context = context;
	tree->room = FIRST_ROOM;
	tree->nodes = MemoryContextAlloc(context,
									 sizeof(PcCategoryNode) * FIRST_ROOM);
	pc_pairmap_init(&tree->children, context);
	(void) new_node(tree, -1, "", 0);
	return tree;
}

static inline int64
label_hash(const char *label, int length)
{
	return (int64) hash_bytes_extended((const unsigned char *) label, length,
									   0);
}

static inline bool
has_label(const PcCategoryNode *node, const char *label, int length)
{
	return node->label_length == length &&
		memcmp(node->label, label, length) == 0;
}

/* The child with this label; -1 where there is none. */
static inline int
find_child(const PcCategoryTree *tree, int parent, int64 hash,
		   const char *label, int length)
{
	int			child = pc_pairmap_find(&tree->children, parent, hash);

	while (child >= 0 && !has_label(&tree->nodes[child], label, length))
		child = tree->nodes[child].alike;
	return child;
}

static int
add_child(PcCategoryTree *tree, int parent, const char *label, int length)
{
	int64		hash = label_hash(label, length);
	int			child = find_child(tree, parent, hash, label, length);
	int			alike;

	if (child >= 0)
		return child;
	alike = pc_pairmap_find(&tree->children, parent, hash);
	child = new_node(tree, parent, label, length);
	tree->nodes[child].alike = alike;
	pc_pairmap_put(&tree->children, parent, hash, child);
	return child;
}

int
pc_category_add(PcCategoryTree *tree, const struct varlena *path)
{
	PcLabels	labels;
	const char *label;
	int			length;
	int			node = 0;

	pc_labels_open(&labels, path);
	while (pc_labels_next(&labels, &label, &length))
		node = add_child(tree, node, label, length);

	if (tree->nodes[node].path == NULL)
	{
		Size		bytes = VARSIZE_ANY_EXHDR(path);
		struct varlena *copy;

		copy = MemoryContextAlloc(tree->context, bytes + VARHDRSZ);
		SET_VARSIZE(copy, bytes + VARHDRSZ);
		memcpy(VARDATA(copy), VARDATA_ANY(path), bytes);
		tree->nodes[node].path = copy;
	}
	return node;
}

int
pc_category_find(const PcCategoryTree *tree, const struct varlena *path)
{
	PcLabels	labels;
	const char *label;
	int			length;
	int			node = 0;

	pc_labels_open(&labels, path);
	while (pc_labels_next(&labels, &label, &length))
	{
		int			child = find_child(tree, node, label_hash(label, length),
									   label, length);

		if (child < 0)
			break;
		node = child;
	}
	return node;
}

char *
pc_category_text(const struct varlena *path)
{
	PcLabels	labels;
	const char *label;
	int			length;
	StringInfoData text;

	initStringInfo(&text);
	pc_labels_open(&labels, path);
	while (pc_labels_next(&labels, &label, &length))
	{
		if (text.len > 0)
			appendStringInfoChar(&text, '.');
		appendBinaryStringInfo(&text, label, length);
	}
	return text.data;
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

	/* from the end: a dot after each label, and the zero after the last */
	text = palloc(length);
	place = text + length;
	for (int i = node; i != PC_CATEGORY_ROOT; i = nodes[i].parent)
	{
		*--place = (i == node) ? '\0' : '.';
		place -= nodes[i].label_length;
		memcpy(place, nodes[i].label, nodes[i].label_length);
	}
	Assert(place == text);
	return text;
}
