// --feature-gates: the gates of 1.36, which are on, and what a text may say of them.
// Upstream: k8s.io/component-base/featuregate/feature_gate.go.
import { gatesOf136 } from './gates-of-1-36.ts';
import { parseGoBool } from './go-bool.ts';

/** A gate as /metrics shows it. */
export interface FeatureGate {
  readonly name: string;
  /** '' is stable. */
  readonly stage: 'ALPHA' | 'BETA' | '' | 'DEPRECATED';
  readonly enabled: boolean;
}

/** The gates of a server. */
export interface FeatureGates {
  readonly all: readonly FeatureGate[];
  isEnabled(name: string): boolean;
  /** Whether the text turned the gate off, by its own name. */
  isTurnedOff(name: string): boolean;
}

/** The gates that stand for others. */
const groups: Readonly<Record<string, FeatureGate['stage']>> = { AllAlpha: 'ALPHA', AllBeta: 'BETA' };

/** Upstream takes the name of a component in front of a gate; there is one. */
function gateName(text: string): string {
  const at = text.indexOf(':');
  if (at < 0) return text;
  const component = text.slice(0, at);
  if (component !== 'kube') throw new Error(`component not registered: ${component}`);
  return text.slice(at + 1);
}

function parse(text: string): Map<string, boolean> {
  const asked = new Map<string, boolean>();
  for (const part of text.split(',')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = gateName((at < 0 ? part : part.slice(0, at)).trim());
    if (at < 0) throw new Error(`missing bool value for ${name}`);
    const value = part.slice(at + 1).trim();
    const parsed = parseGoBool(value);
    if (typeof parsed !== 'boolean')
      throw new Error(`invalid value of ${name}=${value}, err: ${parsed.message}`);
    asked.set(name, parsed);
  }
  return asked;
}

/**
 * The gates under a text such as `AllAlpha=true,WatchList=false`. Throws Error with upstream's text for gates that there are
 * not, values that are none, and gates that are locked.
 */
export function parseFeatureGates(text: string): FeatureGates {
  const asked = parse(text);
  for (const [name, value] of asked) {
    if (Object.hasOwn(groups, name)) continue;
    const gate = gatesOf136.get(name);
    if (gate === undefined) throw new Error(`unrecognized feature gate: ${name}`);
    if (gate.locked && gate.enabled !== value)
      throw new Error(`cannot set feature gate ${name} to ${value}, feature is locked to ${gate.enabled}`);
  }
  const all: FeatureGate[] = Object.entries(groups).map(([name, stage]) => ({
    name,
    stage,
    enabled: asked.get(name) ?? false,
  }));
  for (const [name, { stage, enabled }] of gatesOf136) {
    const group = Object.keys(groups).find((g) => groups[g] === stage);
    const byGroup = group === undefined ? undefined : asked.get(group);
    all.push({ name, stage, enabled: asked.get(name) ?? byGroup ?? enabled });
  }
  all.sort((a, b) => (a.name < b.name ? -1 : 1));
  const enabled = new Set(all.filter((gate) => gate.enabled).map(({ name }) => name));
  return {
    all,
    isEnabled: (name) => enabled.has(name),
    isTurnedOff: (name) => asked.get(name) === false,
  };
}
