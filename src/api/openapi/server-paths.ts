// Documents of the paths that are no resources: which APIs a server has, its version, and its keys.
// Upstream: api/openapi-spec/v3 in kubernetes/kubernetes.
import { fieldDescription, typeDescription } from './descriptions.ts';
import { groupName } from './operation-names.ts';
import type { BodyType, Operation } from './operations.ts';
import type { Schema } from './schemas.ts';

/** One path with a document of its own. */
export interface ServerPath {
  /** Where the document is: `apis/apps`. */
  readonly document: string;
  readonly tag: string;
  readonly operation: Operation;
  /** Schemas that no kind has. */
  readonly schemas?: Readonly<Record<string, Schema>>;
}

const discoveryMediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const infoRef = 'version.Info';
const infoName = 'io.k8s.apimachinery.pkg.version.Info';
const infoRequired = [
  'major',
  'minor',
  'gitVersion',
  'gitCommit',
  'gitTreeState',
  'buildDate',
  'goVersion',
  'compiler',
  'platform',
];
const infoOptional = ['emulationMajor', 'emulationMinor', 'minCompatibilityMajor', 'minCompatibilityMinor'];

function infoSchema(): Schema {
  const member = (name: string, rest: Schema): [string, Schema] => {
    const description = fieldDescription(infoRef, name);
    return [name, { ...(description !== '' && { description }), type: 'string', ...rest }];
  };
  return {
    description: typeDescription(infoRef),
    type: 'object',
    properties: {
      ...Object.fromEntries(infoRequired.map((name) => member(name, { default: '' }))),
      ...Object.fromEntries(infoOptional.map((name) => member(name, {}))),
    },
    required: infoRequired,
  };
}

function serverPath(
  document: string,
  tag: string,
  [id, description]: readonly [string, string],
  response: BodyType,
  produces: readonly string[],
  consumes: readonly string[] = produces,
): ServerPath {
  const path = `/${document}/`;
  return {
    document,
    tag,
    operation: {
      path,
      method: 'get',
      id,
      description,
      parameters: [],
      response,
      codes: [200],
      consumes,
      produces,
    },
  };
}

/** The paths of a server that serves these groups. */
export function serverPaths(groups: readonly string[]): ServerPath[] {
  const versions = 'get available API versions';
  const discovery = (document: string, tag: string, id: string, description: string, type: string) =>
    serverPath(document, tag, [id, description], { ref: `meta/v1.${type}` }, discoveryMediaTypes);
  const keys = 'get service account issuer OpenID';
  return [
    discovery('api', 'core', 'getCoreAPIVersions', versions, 'APIVersions'),
    discovery('apis', 'apis', 'getAPIVersions', versions, 'APIGroupList'),
    ...groups.map((group) => {
      const { id, tag } = groupName(group);
      return discovery(`apis/${group}`, tag, `get${id}APIGroup`, 'get information of a group', 'APIGroup');
    }),
    {
      ...serverPath(
        'version',
        'version',
        ['getCodeVersion', 'get the version information for this server'],
        { schema: infoName },
        ['application/json'],
      ),
      schemas: { [infoName]: infoSchema() },
    },
    serverPath(
      '.well-known/openid-configuration',
      'WellKnown',
      [
        'getServiceAccountIssuerOpenIDConfiguration',
        `${keys} configuration, also known as the 'OIDC discovery doc'`,
      ],
      'string',
      ['application/json'],
      [],
    ),
    serverPath(
      'openid/v1/jwks',
      'openid',
      [
        'getServiceAccountIssuerOpenIDKeyset',
        `${keys} JSON Web Key Set (contains public token verification keys)`,
      ],
      'string',
      ['application/jwk-set+json'],
      [],
    ),
  ];
}
