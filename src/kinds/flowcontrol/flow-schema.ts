// FlowSchema: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/flowcontrol/validation/validation.go.
import type {
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '#types/flowcontrol.apiserver.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, subdomainName } from '../validation/names.ts';
import {
  firstGeneration,
  raiseGeneration,
  replaceMetadata,
  takeBack,
} from '../validation/status-strategy.ts';
import { mandatorySchemas } from './mandatory.ts';
import { validateStatusConditions } from './status-conditions.ts';

const methods = ['ByNamespace', 'ByUser'];
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const subjectFields = { User: 'user', Group: 'group', ServiceAccount: 'serviceAccount' } as const;
const subjectKinds = ['Group', 'ServiceAccount', 'User'];
const lastPrecedence = 10000;

function validateSubjectName(errors: FieldErrors, subject: Subject, path: string): void {
  if (subject.kind === 'ServiceAccount') {
    const { name = '', namespace = '' } = subject.serviceAccount!;
    if (name === '') errors.required(`${path}.name`);
    else if (name !== '*') errors.invalids(`${path}.name`, name, dnsSubdomain(name));
    if (namespace === '') errors.required(`${path}.namespace`, 'must specify namespace for service account');
    else errors.invalids(`${path}.namespace`, namespace, dnsLabel(namespace));
  } else {
    const named = subject.kind === 'User' ? subject.user : subject.group;
    if (!named?.name) errors.required(`${path}.name`);
  }
}

function validateSubject(errors: FieldErrors, subject: Subject, path: string): void {
  const { kind } = subject;
  if (!Object.hasOwn(subjectFields, kind)) {
    errors.notSupported(`${path}.kind`, kind, subjectKinds);
    return;
  }
  const own = subjectFields[kind as keyof typeof subjectFields];
  if (!subject[own]) errors.required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`);
  else validateSubjectName(errors, subject, `${path}.${own}`);
  for (const [otherKind, field] of [
    ['ServiceAccount', 'serviceAccount'],
    ['User', 'user'],
    ['Group', 'group'],
  ] as const)
    if (field !== own && subject[field])
      errors.forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${otherKind}'`);
}

function validateVerbs(errors: FieldErrors, list: readonly string[] | null, path: string): void {
  const names = list ?? [];
  if (names.length === 0) errors.required(`${path}.verbs`, 'verbs must contain at least one value');
  else if (names.includes('*')) {
    if (names.length > 1)
      errors.invalid(`${path}.verbs`, names, "if '*' is present, must not specify other verbs");
  } else if (names.some((name) => !verbs.includes(name))) errors.notSupported(`${path}.verbs`, names, verbs);
}

function urlFault(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*'))
    ? 'wildcard can only do suffix matching'
    : undefined;
}

function validateNonResourceRule(errors: FieldErrors, rule: NonResourcePolicyRule, path: string): void {
  validateVerbs(errors, rule.verbs, path);
  const urls = rule.nonResourceURLs ?? [];
  const at = `${path}.nonResourceURLs`;
  if (urls.length === 0) errors.required(at, 'nonResourceURLs must contain at least one value');
  else if (urls.includes('*')) {
    if (urls.length > 1)
      errors.invalid(at, urls, "if '*' is present, must not specify other non-resource URLs");
  } else
    urls.forEach((url, i) => {
      const fault = urlFault(url);
      if (fault) errors.invalid(`${at}[${i}]`, url, fault);
    });
}

function validateNamespaces(errors: FieldErrors, rule: ResourcePolicyRule, path: string): void {
  const namespaces = rule.namespaces ?? [];
  if (namespaces.length === 0 && !rule.clusterScope)
    errors.required(path, 'resource rules that are not cluster scoped must supply at least one namespace');
  else if (namespaces.includes('*')) {
    if (namespaces.length > 1)
      errors.invalid(path, namespaces, "if '*' is present, must not specify other namespaces");
  } else
    namespaces.forEach((namespace, i) => {
      const faults = dnsLabel(namespace).map(
        (fault) => `each member of this list must be '*' or a DNS-1123 label; ${fault}`,
      );
      errors.invalids(`${path}[${i}]`, namespace, faults);
    });
}

function validateResourceRule(errors: FieldErrors, rule: ResourcePolicyRule, path: string): void {
  validateVerbs(errors, rule.verbs, path);
  for (const [field, one, many] of [
    ['apiGroups', 'api group', 'api groups'],
    ['resources', 'resource', 'resources'],
  ] as const) {
    const list = rule[field] ?? [];
    if (list.length === 0)
      errors.required(`${path}.${field}`, `resource rules must supply at least one ${one}`);
    else if (list.length > 1 && list.includes('*'))
      errors.invalid(`${path}.${field}`, list, `if '*' is present, must not specify other ${many}`);
  }
  validateNamespaces(errors, rule, `${path}.namespaces`);
}

function validateRule(errors: FieldErrors, rule: PolicyRulesWithSubjects, path: string): void {
  const { subjects, resourceRules = [], nonResourceRules = [] } = rule;
  if (!subjects?.length) errors.required(`${path}.subjects`, 'subjects must contain at least one value');
  subjects?.forEach((subject, i) => {
    validateSubject(errors, subject, `${path}.subjects[${i}]`);
  });
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    errors.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty');
  resourceRules.forEach((item, i) => {
    validateResourceRule(errors, item, `${path}.resourceRules[${i}]`);
  });
  nonResourceRules.forEach((item, i) => {
    validateNonResourceRule(errors, item, `${path}.nonResourceRules[${i}]`);
  });
}

function validatePrecedence(errors: FieldErrors, name: string, precedence: number): void {
  const path = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.invalid(path, precedence, 'must be a positive value');
  if (precedence > lastPrecedence)
    errors.invalid(path, precedence, `must not be greater than ${lastPrecedence}`);
  if (precedence === 1 && name !== 'exempt')
    errors.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
}

function validate({ metadata, spec, status }: FlowSchema) {
  const errors = new FieldErrors();
  const name = metadata.name ?? '';
  validatePrecedence(errors, name, spec.matchingPrecedence);
  const method = spec.distinguisherMethod;
  if (method && !methods.includes(method.type))
    errors.notSupported('spec.distinguisherMethod.type', { Type: method.type }, methods);
  const level = spec.priorityLevelConfiguration.name;
  const levelPath = 'spec.priorityLevelConfiguration.name';
  if (!level) errors.required(levelPath, 'must reference a priority level');
  else errors.invalids(levelPath, level, dnsSubdomain(level));
  spec.rules?.forEach((rule, i) => {
    validateRule(errors, rule, `spec.rules[${i}]`);
  });
  const fixed = mandatorySchemas[name];
  if (fixed && !semanticEqual(spec, fixed))
    errors.invalid(
      'spec',
      internalJson(spec, 'FlowSchemaSpec'),
      `spec of '${name}' must equal the fixed value`,
    );
  validateStatusConditions(errors, status?.conditions);
  return errors.list;
}

function docOf(field: string) {
  return doc(`flowcontrol.apiserver.k8s.io/v1.${field}`);
}

export const flowSchema = defineKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  metadataChecks: ['whole'],
  nameRule: subdomainName,
  setDefaults({ spec }) {
    if (!spec.matchingPrecedence) spec.matchingPrecedence = 1000;
  },
  prepareForCreate(schema) {
    schema.status = {};
    firstGeneration(schema);
  },
  validateCreate: validate,
  prepareForUpdate(schema, old) {
    takeBack(schema, old, 'status');
    raiseGeneration(schema, old);
  },
  validateUpdate: validate,

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(schema, old) {
        schema.spec = old.spec;
        replaceMetadata(schema, old);
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateStatusConditions(errors, status.conditions);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('PriorityLevel', 'string', docOf('PriorityLevelConfigurationReference.name')),
      column('MatchingPrecedence', 'string', docOf('FlowSchemaSpec.matchingPrecedence')),
      column('DistinguisherMethod', 'string', docOf('FlowSchemaSpec.distinguisherMethod')),
      ageColumn,
      column('MissingPL', 'string', 'references a broken or non-existent PriorityLevelConfiguration'),
    ],
    row: (schema, context) => ({
      cells: [
        nameOf(schema),
        schema.spec.priorityLevelConfiguration.name,
        schema.spec.matchingPrecedence,
        schema.spec.distinguisherMethod?.type ?? '<none>',
        ageOf(schema, context),
        schema.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
      ],
    }),
  },
});
