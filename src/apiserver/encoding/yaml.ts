// Objects as YAML, keys sorted and quoted the way sigs.k8s.io/yaml writes them.
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

let library: typeof Yaml | undefined;

// Loaded on first use: few requests ask for YAML and the parser costs start-up time.
function yaml(): typeof Yaml {
  library ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return library;
}

// Plain texts that a YAML 1.1 reader would take for another type; Go's writer puts these in double quotes.
const ambiguous =
  /^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?(?:\d[\d_]*)?\.?\d*(?:[eE][-+]?\d+)?|0x[\da-fA-F_]+|0o?[0-7_]+|0b[01_]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|=|<<|\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)$/;

function quoteAmbiguous(document: Yaml.Document): void {
  const library = yaml();
  const visit = (_key: unknown, node: Yaml.Scalar): void => {
    if (typeof node.value !== 'string') return;
    if (ambiguous.test(node.value)) node.type = 'QUOTE_DOUBLE';
    else if (
      node.value.includes('\n') &&
      !/[^\n\t\x20-\x7e\u00a0-\uffff]/.test(node.value) &&
      !node.value.startsWith(' ')
    )
      node.type = 'BLOCK_LITERAL';
  };
  library.visit(document, { Scalar: visit });
}

/** YAML text of a JSON value. */
export function toYaml(value: unknown): string {
  const document = new (yaml().Document)(JSON.parse(JSON.stringify(value)), {
    sortMapEntries: true,
    version: '1.1',
    aliasDuplicateObjects: false,
  });
  quoteAmbiguous(document);
  return document.toString({
    indentSeq: false,
    lineWidth: 80,
    singleQuote: true,
    minContentWidth: 0,
    nullStr: 'null',
  });
}
