// Named formats: format.dns1123Label().validate(self.name).
// Upstream: k8s.io/apiserver/pkg/cel/library/format.go; the texts are those of k8s.io/apimachinery/pkg/util/validation.
import { labelKeyProblems, labelValueProblems } from '../../label-syntax.ts';
import { stringList } from '../values/collections.ts';
import { readTimestamp } from '../values/times.ts';
import { EvaluationError, type OpaqueValue, Optional, type Value } from '../values/value.ts';
import { parseRequestUrl, UrlError } from './url-syntax.ts';

type Check = (text: string) => readonly string[];

/** A format as a value. */
export class FormatValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  /** How long its pattern is thought to be, for costs. */
  readonly regexSize: number;
  readonly check: Check;

  constructor(name: string, regexSize: number, check: Check) {
    this.name = name;
    this.regexSize = regexSize;
    this.check = check;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof FormatValue && this.name === other.name;
  }
}

interface NameRule {
  readonly pattern: string;
  readonly max: number;
  readonly message: string;
  readonly examples: readonly string[];
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const names: Readonly<Record<string, NameRule>> = {
  dns1123Label: {
    pattern: label,
    max: 63,
    message:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    examples: ['my-name', '123-abc'],
  },
  dns1123Subdomain: {
    pattern: `${label}(\\.${label})*`,
    max: 253,
    message:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    examples: ['example.com'],
  },
  dns1035Label: {
    pattern: '[a-z]([-a-z0-9]*[a-z0-9])?',
    max: 63,
    message:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    examples: ['my-name', 'abc-123'],
  },
};

function nameCheck({ pattern, max, message, examples }: NameRule, isPrefix: boolean): Check {
  const whole = new RegExp(`^${pattern}$`);
  const shown = examples.map((example) => `'${example}'`).join(',  or ');
  const fault = `${message} (e.g. ${shown}, regex used for validation is '${pattern}')`;
  return (text) => {
    // A prefix may end in a dash: upstream puts an a in the place of its last two characters.
    const name = isPrefix ? text.replace(/^(.*).-$/s, '$1a') : text;
    const faults = Buffer.byteLength(name) > max ? [`must be no more than ${max} bytes`] : [];
    return whole.test(name) ? faults : [...faults, fault];
  };
}

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const dateTimeSize = 71;

function unless(holds: (text: string) => boolean, fault: string): Check {
  return (text) => (holds(text) ? [] : [fault]);
}

function uriFaults(text: string): readonly string[] {
  try {
    parseRequestUrl(text);
    return [];
  } catch (error) {
    if (error instanceof UrlError) return [error.message];
    throw error;
  }
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && readTimestamp(`${text}T00:00:00Z`) !== undefined;
}

const formats = new Map<string, FormatValue>(
  [
    ['dns1123Label', new FormatValue('DNS1123Label', 30, nameCheck(names['dns1123Label']!, false))],
    [
      'dns1123Subdomain',
      new FormatValue('DNS1123Subdomain', 60, nameCheck(names['dns1123Subdomain']!, false)),
    ],
    ['dns1035Label', new FormatValue('DNS1035Label', 30, nameCheck(names['dns1035Label']!, false))],
    ['qualifiedName', new FormatValue('QualifiedName', 60, labelKeyProblems)],
    [
      'dns1123LabelPrefix',
      new FormatValue('DNS1123LabelPrefix', 30, nameCheck(names['dns1123Label']!, true)),
    ],
    [
      'dns1123SubdomainPrefix',
      new FormatValue('DNS1123SubdomainPrefix', 60, nameCheck(names['dns1123Subdomain']!, true)),
    ],
    [
      'dns1035LabelPrefix',
      new FormatValue('DNS1035LabelPrefix', 30, nameCheck(names['dns1035Label']!, true)),
    ],
    ['labelValue', new FormatValue('LabelValue', 40, labelValueProblems)],
    ['uri', new FormatValue('URI', 1103, uriFaults)],
    [
      'uuid',
      new FormatValue(
        'uuid',
        70,
        unless((text) => uuid.test(text), 'does not match the UUID format'),
      ),
    ],
    [
      'byte',
      new FormatValue(
        'byte',
        84,
        unless((text) => base64.test(text), 'invalid base64'),
      ),
    ],
    ['date', new FormatValue('date', dateTimeSize, unless(isDate, 'invalid date'))],
    [
      'datetime',
      new FormatValue(
        'datetime',
        dateTimeSize,
        unless(
          (text) => !(readTimestamp(text) ?? new EvaluationError('') instanceof EvaluationError),
          'invalid datetime',
        ),
      ),
    ],
  ].map(([name, format]) => [name as string, format as FormatValue]),
);

function validate(format: FormatValue, text: string): Value {
  const faults = format.check(text);
  return new Optional(faults.length === 0 ? undefined : stringList(faults));
}

export const formatFunctions = {
  ...Object.fromEntries([...formats].map(([name, format]) => [`format.${name}`, () => format])),
  'format-named': (name: string) => new Optional(formats.get(name)),
  'format-validate': validate,
};
