import type { Node } from 'jsonc-parser';

/**
 * The items in a tree, as a list of plain ones that keep their places in the text; any other tree as it is. Items are
 * found where `aws dynamodb scan` or `get-item` (`Items`, `Item`), an export to S3 (a line `{"Item": …}` each) and
 * `batch-write-item` (`PutRequest`) have them, or alone.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export function itemsOf(root: Node): Node {
  const items = candidates(root);
  if (!items?.length || !items.every((it) => isTypedItem(it) || isPlainItem(it))) return root;
  return {
    type: 'array',
    offset: root.offset,
    length: root.length,
    children: items.map((it) => (isTypedItem(it) ? plainItem(it) : it)),
  };
}

function candidates(root: Node): readonly Node[] | undefined {
  if (root.type === 'array') return (root.children ?? []).map((it) => property(it, 'Item') ?? it);
  const requests = (root.children ?? []).flatMap((it) => it.children?.[1]?.children ?? []);
  const puts = requests.flatMap((it) => property(property(it, 'PutRequest'), 'Item') ?? []);
  if (puts.length > 0 && puts.length === requests.length) return puts;
  const item = property(root, 'Item');
  return property(root, 'Items')?.children ?? [item ?? root];
}

function property(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.find((it) => it.children?.[0]?.value === name)?.children?.[1];
}

/** An item is recognised by a part of its key, `realm` or `username`, as `{"S":"…"}`. */
function isTypedItem(node: Node): boolean {
  const isText = (name: string) => property(property(node, name), 'S')?.type === 'string';
  return isText('realm') || isText('username');
}

function isPlainItem(node: Node): boolean {
  return property(node, 'realm')?.type === 'string' && property(node, 'username')?.type === 'string';
}

function plainItem(node: Node): Node {
  const children = node.children?.map((it) => {
    const [name, value] = it.children ?? [];
    return name && value ? { ...it, children: [name, plainValue(value)] } : it;
  });
  return { ...node, ...(children && { children }) };
}

/** DynamoDB's AttributeValue: an object with one name, its type. Binary values stay as they are, and are refused. */
function plainValue(node: Node): Node {
  const [type, value] = node.children?.[0]?.children ?? [];
  if (!value || node.children?.length !== 1) return node;
  switch (type?.value) {
    case 'S':
    case 'BOOL':
    case 'SS':
      return value;
    case 'N':
      return numberNode(value);
    case 'NS':
      return { ...value, children: value.children?.map(numberNode) ?? [] };
    case 'NULL':
      return { ...value, type: 'null', value: null };
    case 'L':
      return { ...value, children: value.children?.map(plainValue) ?? [] };
    case 'M':
      return plainItem(value);
    default:
      return node;
  }
}

function numberNode(node: Node): Node {
  return { ...node, type: 'number', value: Number(node.value) };
}
