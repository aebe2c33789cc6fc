// Estimated costs of Kubernetes' functions. The numbers decide which rules a CRD may have, so they never change.
// Upstream: EstimateCallCost of k8s.io/apiserver/pkg/cel/library/cost.go.
import { regexFactor, stringFactor } from '../evaluate/call-cost.ts';
import { add, type Estimate, exactly, multiply, scale, unbounded } from './estimates.ts';
import { type CallEstimate, type CostNode, itemsNode, type SizeOfPath, sizeOfNode } from './nodes.ts';

/** A call whose cost is asked for. */
export interface EstimatedCall {
  readonly name: string;
  readonly overload: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
  readonly sizeOfPath: SizeOfPath;
}

const one = exactly(1);
const nominal: CallEstimate = { cost: one };
const addressSize: Estimate = { min: 4, max: 16 };
const maxNameFormatRegexSize = 128;
const maxFormatSize = 64;

function overList({ target, sizeOfPath }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const size = sizeOfNode(target, sizeOfPath);
  const items = itemsNode(target);
  if (items === undefined) return { cost: scale(size, stringFactor) };
  const isText = items.type.kind === 'string' || items.type.kind === 'bytes';
  const textCost = isText ? scale(sizeOfNode(items, sizeOfPath), stringFactor) : exactly(0);
  return { cost: multiply(size, add(one, textCost)) };
}

/** How long a text can get, and must be at least, when parts of it are replaced. */
function replacedSize(size: Estimate, old: Estimate, by: Estimate): Estimate {
  const count = { min: 0, max: 0 };
  const kept = { min: 0, max: 0 };
  if (old.min === 0) {
    count.max = size.max < unbounded ? size.max + 1 : size.max;
    kept.max = size.max;
  } else if (by.max <= old.min) kept.max = size.max;
  else count.max = Math.ceil(size.max / old.min);
  if (old.max === 0) {
    count.min = size.min + 1;
    kept.min = size.min;
  } else if (old.max <= by.min) kept.min = size.min;
  else count.min = Math.ceil(size.min / old.max);
  return add(multiply(count, by), kept);
}

function replace({ target, args, sizeOfPath }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined || args.length < 2) return undefined;
  const size = sizeOfNode(target, sizeOfPath);
  const resultSize = replacedSize(size, sizeOfNode(args[0]!, sizeOfPath), sizeOfNode(args[1]!, sizeOfPath));
  return { cost: scale(size, 2 * stringFactor), resultSize };
}

function split({ target, args, sizeOfPath }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const size = sizeOfNode(target, sizeOfPath);
  const count = args[1]?.expr;
  const isKnown = count?.kind === 'literal' && typeof count.value === 'bigint';
  const max = isKnown ? Number(BigInt.asUintN(64, count.value as bigint)) : size.max;
  return { cost: scale(size, 2 * stringFactor), resultSize: { min: 0, max } };
}

function join({ target, args, sizeOfPath }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const list = sizeOfNode(target, sizeOfPath);
  const items = itemsNode(target);
  let size = items === undefined ? exactly(0) : multiply(list, sizeOfNode(items, sizeOfPath));
  if (args.length > 0) {
    const separators = { min: Math.max(list.min - 1, 0), max: Math.max(list.max - 1, 0) };
    size = add(size, multiply(sizeOfNode(args[0]!, sizeOfPath), separators));
  }
  return { cost: scale(size, stringFactor), resultSize: size };
}

function find({ target, args, sizeOfPath }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined || args.length === 0) return undefined;
  const size = sizeOfNode(target, sizeOfPath);
  const pattern = scale(sizeOfNode(args[0]!, sizeOfPath), regexFactor);
  const cost = multiply(scale(add(size, one), stringFactor), pattern);
  return { cost, resultSize: { min: 0, max: size.max } };
}

function ofText(node: CostNode | undefined, sizeOfPath: SizeOfPath, factor: number, keeps: boolean) {
  if (node === undefined) return undefined;
  const size = sizeOfNode(node, sizeOfPath);
  return { cost: scale(size, factor), resultSize: keeps ? size : undefined };
}

function containsAddress({ overload, args, sizeOfPath }: EstimatedCall, further: Estimate): CallEstimate {
  const cost = add(scale(add(addressSize, addressSize), stringFactor), further);
  if (!overload.endsWith('_string')) return { cost };
  return { cost: add(cost, scale(sizeOfNode(args[0]!, sizeOfPath), stringFactor)) };
}

function equality({ args }: EstimatedCall): CallEstimate | undefined {
  const type = args[0]!.type;
  if (type.text !== args[1]!.type.text) return undefined;
  switch (type.name) {
    case 'net.IP':
    case 'net.CIDR':
    case 'kubernetes.Quantity':
    case 'kubernetes.Semver':
    case 'kubernetes.authorization.Authorizer':
    case 'kubernetes.authorization.PathCheck':
    case 'kubernetes.authorization.GroupCheck':
    case 'kubernetes.authorization.ResourceCheck':
    case 'kubernetes.authorization.Decision':
      return nominal;
    case 'kubernetes.NamedFormat':
      return { cost: scale({ min: 1, max: maxFormatSize }, stringFactor) };
    case 'kubernetes.URL':
      return { cost: scale({ min: 1, max: args[1]!.size?.max ?? 1 }, stringFactor) };
    default:
      return undefined;
  }
}

const nominals = new Set(
  [
    'serviceAccount path group resource subresource namespace name allowed reason error errored',
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
    'format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub',
    'major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery',
  ].flatMap((names) => names.split(' ')),
);

/** The estimate of a call, undefined where the standard one holds. */
export function estimateKubernetesCall(call: EstimatedCall): CallEstimate | undefined {
  const { name, overload, target, args, sizeOfPath } = call;
  if (nominals.has(name)) return nominal;
  switch (name) {
    case 'check':
      return { cost: exactly(350_000) };
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return overList(call);
    case 'url':
      return ofText(args[0], sizeOfPath, stringFactor, true);
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return ofText(target, sizeOfPath, stringFactor, true);
    case 'replace':
      return replace(call);
    case 'split':
      return split(call);
    case 'join':
      return join(call);
    case 'find':
    case 'findAll':
      return find(call);
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return ofText(args[0], sizeOfPath, stringFactor, false);
    case 'ip':
      return overload === 'cidr_ip' ? nominal : ofText(args[0], sizeOfPath, stringFactor, false);
    case 'ip.isCanonical':
      return ofText(args[0], sizeOfPath, 2 * stringFactor, false);
    case 'containsIP':
      return containsAddress(call, exactly(0));
    case 'containsCIDR':
      return containsAddress(call, add(scale(addressSize, stringFactor), one));
    case 'validate':
      return {
        cost: scale(
          scale(sizeOfNode(args[0]!, sizeOfPath), stringFactor),
          maxNameFormatRegexSize * regexFactor,
        ),
      };
    case '_==_':
      return equality(call);
    default:
      return undefined;
  }
}
