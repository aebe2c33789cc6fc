// What names may look like: DNS labels and subdomains, label keys and values, config keys, ports, environment variables.
// Every rule gives messages, none when the name is good.
// Upstream: k8s.io/apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content.

const none: string[] = [];

/** Whether a text is longer than `max` bytes in UTF-8. */
export function longerThan(value: string, max: number): boolean {
  if (value.length > max) return true;
  return value.length * 3 > max && Buffer.byteLength(value) > max;
}

function tooLongMessage(max: number): string {
  return `must be no more than ${max} characters`;
}

// Label keys and values count in bytes, the rest in characters: two packages upstream.
function tooManyBytesMessage(max: number): string {
  return `must be no more than ${max} bytes`;
}

/** `must be between lo and hi, inclusive`. */
export function rangeMessage(lo: number, hi: number): string {
  return `must be between ${lo} and ${hi}, inclusive`;
}

/** The message of a name that does not match a pattern, with examples. */
export function patternMessage(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const underscoreLabelPattern = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoreSubdomainPattern = `${underscoreLabelPattern}(\\.${underscoreLabelPattern})*`;
const dns1035Pattern = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcardPattern = `\\*\\.${subdomainPattern}`;
const keyPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const valuePattern = `(${keyPattern})?`;
const configKeyPattern = '[-._a-zA-Z0-9]+';
const envNamePattern = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const httpHeaderPattern = '[-A-Za-z0-9]+';
const percentPattern = '[0-9]+%';
const cIdentifierPattern = '[A-Za-z_][A-Za-z0-9_]*';
const httpPathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const labelRegex = whole(labelPattern);
const subdomainRegex = whole(subdomainPattern);
const underscoreSubdomainRegex = whole(underscoreSubdomainPattern);
const dns1035Regex = whole(dns1035Pattern);
const wildcardRegex = whole(wildcardPattern);
const keyRegex = whole(keyPattern);
const valueRegex = whole(valuePattern);
const configKeyRegex = whole(configKeyPattern);
const envNameRegex = whole(envNamePattern);
const httpHeaderRegex = whole(httpHeaderPattern);
const percentRegex = whole(percentPattern);
const cIdentifierRegex = whole(cIdentifierPattern);
const httpPathRegex = whole(httpPathPattern);
const relaxedEnvNameRegex = /^[\x20-\x3c\x3e-\x7e]*$/;

const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** A DNS-1123 label: at most 63 of `a-z0-9-`. */
export function dnsLabel(value: string): string[] {
  const long = longerThan(value, 63);
  const good = labelRegex.test(value);
  if (good && !long) return none;
  const messages: string[] = [];
  if (long) messages.push(tooLongMessage(63));
  if (!good) {
    messages.push(
      subdomainRegex.test(value)
        ? 'must not contain dots'
        : patternMessage(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            labelPattern,
            'my-name',
            '123-abc',
          ),
    );
  }
  return messages;
}

function subdomainMessages(value: string, lengthMessage: (max: number) => string): string[] {
  const long = longerThan(value, 253);
  const good = subdomainRegex.test(value);
  if (good && !long) return none;
  const messages: string[] = [];
  if (long) messages.push(lengthMessage(253));
  if (!good) messages.push(patternMessage(subdomainMessage, subdomainPattern, 'example.com'));
  return messages;
}

/** A DNS-1123 subdomain: labels joined with dots, at most 253. */
export function dnsSubdomain(value: string): string[] {
  return subdomainMessages(value, tooLongMessage);
}

/** A name that rules by tags call a long one: a subdomain, with its length told in bytes. A generateName may be anything. */
export function longName(name: string, prefix: boolean): string[] {
  return prefix ? none : subdomainMessages(name, tooManyBytesMessage);
}

/** A subdomain whose labels may hold underscores, for DNS search lists. */
export function dnsSubdomainWithUnderscore(value: string): string[] {
  const messages: string[] = [];
  if (longerThan(value, 253)) messages.push(tooLongMessage(253));
  if (!underscoreSubdomainRegex.test(value)) {
    messages.push(
      patternMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        underscoreSubdomainPattern,
        'example.com',
      ),
    );
  }
  return messages;
}

/** A DNS-1035 label: like a DNS-1123 label, starting with a letter. */
export function dns1035Label(value: string): string[] {
  const long = longerThan(value, 63);
  const good = dns1035Regex.test(value);
  if (good && !long) return none;
  const messages: string[] = [];
  if (long) messages.push(tooLongMessage(63));
  if (!good) {
    messages.push(
      patternMessage(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        dns1035Pattern,
        'my-name',
        'abc-123',
      ),
    );
  }
  return messages;
}

/** `*.` and a subdomain. */
export function wildcardSubdomain(value: string): string[] {
  const messages: string[] = [];
  if (longerThan(value, 253)) messages.push(tooLongMessage(253));
  if (!wildcardRegex.test(value)) {
    messages.push(
      patternMessage(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        wildcardPattern,
        '*.example.com',
      ),
    );
  }
  return messages;
}

const keyMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const keyExamples = ['MyName', 'my.name', '123-abc'];

/** A qualified name, as label keys, finalizers and resource names are: `[subdomain/]name`. */
export function qualifiedName(value: string): string[] {
  const slash = value.indexOf('/');
  // The common case: no prefix, a good short name.
  if (slash < 0 && value.length <= 63 && keyRegex.test(value)) return none;
  const messages: string[] = [];
  let name = value;
  if (slash >= 0) {
    if (value.indexOf('/', slash + 1) >= 0) {
      return [
        `a valid label key ${patternMessage(keyMessage, keyPattern, ...keyExamples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ];
    }
    const prefix = value.slice(0, slash);
    name = value.slice(slash + 1);
    if (prefix === '') messages.push('prefix part must be non-empty');
    else {
      for (const message of subdomainMessages(prefix, tooManyBytesMessage))
        messages.push(`prefix part ${message}`);
    }
  }
  if (name === '') messages.push('name part must be non-empty');
  else if (longerThan(name, 63)) messages.push(`name part ${tooManyBytesMessage(63)}`);
  if (!keyRegex.test(name))
    messages.push(`name part ${patternMessage(keyMessage, keyPattern, ...keyExamples)}`);
  return messages;
}

/** A label value: empty, or at most 63 of a qualified name's characters. */
export function labelValue(value: string): string[] {
  const long = longerThan(value, 63);
  const good = valueRegex.test(value);
  if (good && !long) return none;
  const messages: string[] = [];
  if (long) messages.push(tooManyBytesMessage(63));
  if (!good) {
    messages.push(
      patternMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        valuePattern,
        'MyValue',
        'my_value',
        '12345',
      ),
    );
  }
  return messages;
}

function parentPathMessages(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : none;
}

/** A key of a ConfigMap or Secret. */
export function configMapKey(value: string): string[] {
  const messages: string[] = [];
  if (longerThan(value, 253)) messages.push(tooLongMessage(253));
  if (!configKeyRegex.test(value)) {
    messages.push(
      patternMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configKeyPattern,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  messages.push(...parentPathMessages(value));
  return messages;
}

/** The strict environment variable name of releases before 1.34. */
export function envVarName(value: string): string[] {
  const messages: string[] = [];
  if (!envNameRegex.test(value)) {
    messages.push(
      patternMessage(
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
        envNamePattern,
        'my.env-name',
        'MY_ENV.NAME',
        'MyEnvName1',
      ),
    );
  }
  messages.push(...parentPathMessages(value));
  return messages;
}

/** An environment variable name: printable ASCII without `=`. */
export function relaxedEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  return relaxedEnvNameRegex.test(value)
    ? none
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A port's name: at most 15 of `a-z0-9-`, at least one letter. */
export function portName(value: string): string[] {
  const messages: string[] = [];
  if (longerThan(value, 15)) messages.push(tooLongMessage(15));
  if (!/^[-a-z0-9]+$/.test(value))
    messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) messages.push('must contain at least one letter (a-z)');
  if (value.includes('--')) messages.push('must not contain consecutive hyphens');
  if (value !== '' && (value.startsWith('-') || value.endsWith('-')))
    messages.push('must not begin or end with a hyphen');
  return messages;
}

/** 1 to 65535. */
export function portNumber(value: number): string[] {
  return value >= 1 && value <= 65535 ? none : [rangeMessage(1, 65535)];
}

const maxId = 2147483647;

/** A Linux user or group id. */
export function unixId(value: number): string[] {
  return value >= 0 && value <= maxId ? none : [rangeMessage(0, maxId)];
}

/** The name of an HTTP header. */
export function httpHeaderName(value: string): string[] {
  if (httpHeaderRegex.test(value)) return none;
  return [
    patternMessage(
      "a valid HTTP header must consist of alphanumeric characters or '-'",
      httpHeaderPattern,
      'X-Header-Name',
    ),
  ];
}

/** `93%`. */
export function percent(value: string): string[] {
  if (percentRegex.test(value)) return none;
  return [
    patternMessage(
      "a valid percent string must be a numeric string followed by an ending '%'",
      percentPattern,
      '1%',
      '93%',
    ),
  ];
}

/** A C identifier. */
export function cIdentifier(value: string): string[] {
  if (cIdentifierRegex.test(value)) return none;
  return [
    patternMessage(
      "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
      cIdentifierPattern,
      'my_name',
      'MY_NAME',
      'MyName',
    ),
  ];
}

/** The path part of a domain-prefixed path. */
export function httpPath(value: string): string[] {
  return httpPathRegex.test(value) ? none : [patternMessage('Invalid path', httpPathPattern)];
}

/** A name that can stand as one segment of a URL's path; what is not a DNS name at least keeps to this. */
export function pathSegment(name: string, prefix = false): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  const messages: string[] = [];
  for (const bad of ['/', '%']) if (name.includes(bad)) messages.push(`may not contain '${bad}'`);
  return messages;
}

// A generateName may end in a dash: the suffix that follows makes it good.
function withoutTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

/** Name rule: a DNS-1123 subdomain. */
export function subdomainName(name: string, prefix: boolean): string[] {
  return dnsSubdomain(prefix ? withoutTrailingDash(name) : name);
}

/** Name rule: a DNS-1123 label. */
export function labelName(name: string, prefix: boolean): string[] {
  return dnsLabel(prefix ? withoutTrailingDash(name) : name);
}

/** Name rule: a DNS-1035 label. */
export function dns1035Name(name: string, prefix: boolean): string[] {
  return dns1035Label(prefix ? withoutTrailingDash(name) : name);
}
