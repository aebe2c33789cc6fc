// The body of a server-side apply: an apply configuration in YAML or JSON.
// Upstream: applyPatcher in k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { isJsonObject } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';
import { JsonSyntaxError, type ParsedJson, parseJson } from '../../api/parse-json.ts';
import { parseYaml, YamlSyntaxError, yamlWarningTexts } from '../../api/parse-yaml.ts';
import { badRequest } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import type { FieldValidation } from '../request-options.ts';

function parse(body: Buffer): ParsedJson {
  // JSON is YAML, and read much faster.
  if (body[0] === 0x7b)
    try {
      const parsed = parseJson(body);
      // duplicates are told as YAML's
      if (!parsed.duplicates) return parsed;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  try {
    return parseYaml(body);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
  }
}

/** The configuration of an apply, and what is to be done about its strict errors once it was applied. Throws 400. */
export function applyConfigurationOf(exchange: Exchange): {
  config: KubeObject;
  finishStrict(validation: FieldValidation): void;
} {
  const parsed = parse(exchange.body);
  // nothing is a configuration of no type
  const value = parsed.value ?? {};
  if (!isJsonObject(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value;
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    );
  }
  return {
    config: value as unknown as KubeObject,
    finishStrict(validation) {
      const errors = parsed.strictErrors ?? [];
      if (errors.length === 0 || validation === 'Ignore') return;
      const texts = errors.map((error) => `error converting YAML to JSON: ${error}`);
      if (validation === 'Strict') throw badRequest(`error strict decoding YAML: ${texts.join(', ')}`);
      for (const text of errors.flatMap(yamlWarningTexts)) exchange.warn(text);
    },
  };
}
