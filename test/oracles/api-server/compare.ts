// Sends the same requests to kube-apiserver and to this server: good objects of every kind with something changed.
// Started by test/oracles/api-server.mjs; arguments: the compiled oracle, the number of cases of each sort, a seed, a sort,
// how many differences are shown.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { Dice } from '../managed-fields/random-objects.ts';
import { answerText, differingParts } from './answers.ts';
import { type Body, goodBodies, limited, namespace } from './bodies.ts';
import { deviationOf } from './deviations.ts';
import { drawEdits, drawUnknown, type Edit, edited } from './edits.ts';
import { jsonPatch, mergePatch } from './patches.ts';
import { type Answer, type Request, type Server, startBoth } from './servers.ts';

/** A body, and the object that each server made of it. */
interface Base {
  readonly body: Body;
  readonly theirs: JsonObject;
  readonly ours: JsonObject;
}

/** One case: a request for each server, as their objects are not quite the same. */
interface Case {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly theirs: Request;
  readonly ours: Request;
}

/** One sort of request; `undefined` where the body has none such. */
type Sort = (base: Base, dice: Dice) => Case | undefined;

const [, , upstream, count = '10000', seed = '1', only = '', shown = '3'] = process.argv;
const atOnce = 16;
const dryRun = 'dryRun=All';

function nameOf({ object }: Body): string {
  return (object['metadata'] as JsonObject)['name'] as string;
}

/** A text about their object, about ours: both have identities and addresses of their own. */
function inTermsOf({ theirs, ours }: Base, text: string): string {
  const own = ({ metadata, spec }: JsonObject): Json[] => {
    const { clusterIP = null, ports = [] } = (spec ?? {}) as JsonObject;
    const nodePorts = Array.isArray(ports)
      ? ports.map((port) => (port as JsonObject)['nodePort'] ?? null)
      : [];
    return [(metadata as JsonObject)['uid']!, clusterIP, ...nodePorts];
  };
  const after = own(ours);
  return own(theirs).reduce<string>(
    (result, mine, i) =>
      mine && mine !== 'None' ? result.replaceAll(String(mine), String(after[i])) : result,
    text,
  );
}

function changingBy(
  base: Base,
  edits: readonly Edit[],
  make: (object: JsonObject, edits: readonly Edit[]) => Request,
): Case {
  const text = JSON.stringify(edits);
  const theirs = make(base.theirs, JSON.parse(text) as Edit[]);
  const ours = make(base.ours, JSON.parse(inTermsOf(base, text)) as Edit[]);
  return { title: base.body.kind, edits, theirs, ours };
}

function changing(base: Base, dice: Dice, member: string, make: (object: JsonObject) => Request): Case {
  const edits = drawEdits(dice, base.theirs, base.body.type, member);
  return changingBy(base, edits, (object, its) => make(edited(object, its)));
}

const sorts: Readonly<Record<string, Sort>> = {
  create: ({ body }, dice) => {
    const edits = drawEdits(dice, body.other, body.type);
    const request: Request = {
      method: 'POST',
      path: `${body.collection}?${dryRun}`,
      body: edited(body.other, edits),
    };
    return { title: body.kind, edits, theirs: request, ours: request };
  },
  update: (base, dice) => {
    if (!base.body.stored) return undefined;
    const path = `${base.body.collection}/${nameOf(base.body)}?${dryRun}`;
    return changing(base, dice, '', (body) => ({ method: 'PUT', path, body }));
  },
  status: (base, dice) => {
    if (!base.body.hasStatus) return undefined;
    const path = `${base.body.collection}/${nameOf(base.body)}/status?${dryRun}`;
    return changing(base, dice, 'status', (body) => ({ method: 'PUT', path, body }));
  },
  patch: (base, dice) => {
    if (!base.body.stored) return undefined;
    const path = `${base.body.collection}/${nameOf(base.body)}?${dryRun}`;
    const edits = drawEdits(dice, base.theirs, base.body.type);
    const sort = dice.below(3);
    const make = (object: JsonObject, its: readonly Edit[]): Request => {
      const patch = sort === 0 ? jsonPatch(its) : mergePatch(object, its, sort === 1);
      return { method: 'PATCH', path, ...patch };
    };
    return changingBy(base, edits, make);
  },
  strict: (base, dice) => {
    if (!base.body.stored) return undefined;
    const path = `${base.body.collection}/${nameOf(base.body)}?${dryRun}&fieldValidation=Strict`;
    const edits = [...drawEdits(dice, base.theirs, base.body.type), ...drawUnknown(dice, base.theirs)];
    return changingBy(base, edits, (object, its) => ({ method: 'PUT', path, body: edited(object, its) }));
  },
  apply: (base, dice) => {
    if (!base.body.stored) return undefined;
    const force = dice.chance(0.5);
    const path = `${base.body.collection}/${nameOf(base.body)}?${dryRun}&fieldManager=other&force=${force}`;
    const edits = drawEdits(dice, base.body.object, base.body.type);
    const body = edited(base.body.object, edits);
    const request: Request = { method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body };
    return { title: base.body.kind, edits, theirs: request, ours: request };
  },
};

const differences = { seen: 0, listed: new Map<string, number>() };

/** Whether the answers are the same; one that is not is shown, unless the list of deviations has it. */
function agree(
  title: string,
  edits: readonly Edit[],
  request: Request,
  theirs: Answer,
  ours: Answer,
): boolean {
  const [expected, actual] = [answerText(theirs), answerText(ours)];
  if (expected === actual) return true;
  const reason = deviationOf({ request, theirs, ours });
  if (reason !== undefined) {
    differences.listed.set(reason, (differences.listed.get(reason) ?? 0) + 1);
    return true;
  }
  if (++differences.seen > Number(shown)) return false;
  console.log(`--- ${title}: ${request.method} ${request.path} ${JSON.stringify(edits)}`);
  for (const line of differingParts(JSON.parse(expected), JSON.parse(actual))) console.log(line);
  return false;
}

async function inGroups<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items].reverse();
  const worker = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Creates the bodies on both servers; those that both took. */
async function createBases(theirs: Server, ours: Server): Promise<Base[]> {
  for (const name of [namespace, limited]) {
    const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    for (const server of [theirs, ours])
      await server.send({ method: 'POST', path: '/api/v1/namespaces', body: place });
  }
  const bases: Base[] = [];
  // in order: a service takes the first free address
  for (const body of goodBodies()) {
    const request: Request = { method: 'POST', path: body.collection, body: body.object };
    const [expected, actual] = [await theirs.send(request), await ours.send(request)];
    agree(body.kind, [], request, expected, actual);
    if (expected.code !== 201 || actual.code !== 201) continue;
    bases.push({ body, theirs: expected.body, ours: actual.body });
  }
  return bases;
}

/** Bodies by kind, so that each kind comes as often as any other. */
function byKind(bases: readonly Base[]): Base[][] {
  const kinds = new Map<string, Base[]>();
  for (const base of bases) kinds.set(base.body.type, [...(kinds.get(base.body.type) ?? []), base]);
  return [...kinds.values()];
}

function drawCases(sort: Sort, bases: readonly Base[]): Case[] {
  const dice = new Dice(Number(seed));
  const kinds = byKind(bases.filter((base) => sort(base, new Dice(0)) !== undefined));
  return Array.from({ length: Number(count) }, () => sort(dice.pick(dice.pick(kinds)), dice)!);
}

async function compare(theirs: Server, ours: Server): Promise<void> {
  const bases = await createBases(theirs, ours);
  console.log(
    `${bases.length} objects of ${byKind(bases).length} kinds created on both, ${differences.seen} differences`,
  );
  for (const [name, sort] of Object.entries(sorts)) {
    if (!name.startsWith(only)) continue;
    let faults = 0;
    let refused = 0;
    const cases = drawCases(sort, bases);
    await inGroups(cases, async (one) => {
      const [expected, actual] = await Promise.all([theirs.send(one.theirs), ours.send(one.ours)]);
      if (expected.code >= 400) refused++;
      if (!agree(`${name} ${one.title}`, one.edits, one.ours, expected, actual)) faults++;
    });
    console.log(`${name}: ${cases.length} cases compared (${refused} refused), ${faults} differences`);
  }
  for (const [reason, times] of differences.listed) console.log(`as listed, ${times}: ${reason}`);
}

const gates = ['ClusterTrustBundle', 'GenericWorkload', 'PodCertificateRequest', 'StorageVersionMigrator'];
const everything = [
  '--runtime-config=api/all=true',
  `--feature-gates=${gates.map((gate) => `${gate}=true`).join()}`,
];
const servers = await startBoth(upstream!, everything);
try {
  await compare(servers.theirs, servers.ours);
} finally {
  await servers.stop();
}
process.exitCode = differences.seen > 0 ? 1 : 0;
