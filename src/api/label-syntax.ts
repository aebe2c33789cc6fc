// What a label's key and value may be, with upstream's messages.
// Upstream: k8s.io/apimachinery/pkg/api/validate/content/{kube,dns,errors}.go.

const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const subdomainPattern = new RegExp(`^${subdomain}$`);
const keyName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const keyNamePattern = new RegExp(`^${keyName}$`);
const valuePattern = new RegExp(`^(${keyName})?$`);

const keyMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyName}')`;
const valueMessage =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${keyName})?')`;
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;

function maxLength(max: number): string {
  return `must be no more than ${max} bytes`;
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const problems: string[] = [];
  if (Buffer.byteLength(prefix) > 253) problems.push(`prefix part ${maxLength(253)}`);
  if (!subdomainPattern.test(prefix)) problems.push(`prefix part ${subdomainMessage}`);
  return problems;
}

const goodKeys = new Set<string>();

function keyProblems(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${keyMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems = parts.length === 2 ? prefixProblems(parts[0]!) : [];
  const name = parts.at(-1)!;
  if (name === '') problems.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > 63) problems.push(`name part ${maxLength(63)}`);
  if (!keyNamePattern.test(name)) problems.push(`name part ${keyMessage}`);
  return problems;
}

/** What is wrong with a label's key (a qualified name); empty when it is good. */
export function labelKeyProblems(key: string): string[] {
  if (goodKeys.has(key)) return [];
  const problems = keyProblems(key);
  if (problems.length === 0) {
    if (goodKeys.size >= 4096) goodKeys.clear();
    goodKeys.add(key);
  }
  return problems;
}

/** What is wrong with a label's value; empty when it is good. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63 || Buffer.byteLength(value) > 63) problems.push(maxLength(63));
  if (!valuePattern.test(value)) problems.push(valueMessage);
  return problems;
}
