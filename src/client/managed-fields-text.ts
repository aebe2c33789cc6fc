// Takes managedFields out of the text of an event before it is parsed: they are a third of it, and who follows objects does not
// read them. Parsing them only to drop them is a third of the time, too.

/** The beginning of an event of a built-in kind, as Go prints one, up to the members of metadata. */
const head = /^\{"type":"[A-Z]+","object":\{"kind":"\w+","apiVersion":"[\w./]+","metadata":\{/;
const begin = ',"managedFields":[{';
/** The list is the last member of metadata, and after that comes another member of the object. */
const end = ']},"';
const nextMember = /\w+":/y;

/**
 * The text of an event without `metadata.managedFields`, or the text as it is, where they are not at once to be told from anything
 * else (custom resources, whose members are sorted). What it looks for is in no string, where quotes have a backslash before them:
 * nothing but the list is ever left out.
 */
export function withoutManagedFields(event: string): string {
  const inMetadata = head.exec(event)?.[0].length;
  if (inMetadata === undefined) return event;
  const from = event.indexOf(begin, inMetadata);
  // those of a template are the template's
  if (from < 0 || event.slice(inMetadata, from).includes('"metadata":{')) return event;
  const to = event.indexOf(end, from + begin.length);
  nextMember.lastIndex = to + end.length;
  if (to < 0 || !nextMember.test(event)) return event;
  return event.slice(0, from) + event.slice(to + 1);
}
