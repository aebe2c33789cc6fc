// Answers that are not kube-apiserver's, each with its reason.
import { isDeepStrictEqual } from 'node:util';
import { plainText } from './answers.ts';
import type { Answer, Request } from './servers.ts';

interface Pair {
  readonly request: Request;
  readonly theirs: Answer;
  readonly ours: Answer;
}

function textOf({ body }: Answer): string {
  return plainText(String(body['message']));
}

/** The faults in one order, whichever volumes of a template they are of. */
function faultsOf({ body }: Answer): string[] {
  const { causes = [] } = (body['details'] ?? {}) as { causes?: readonly object[] };
  const texts = causes.map((cause) => plainText(JSON.stringify(cause)));
  return texts.map((text) => text.replaceAll(/(template\.spec\.volumes)\[\d+\]/g, '$1[]')).sort();
}

const deviations: readonly { reason: string; is(pair: Pair): boolean }[] = [
  {
    reason:
      'an apply, or a strategic patch, that does not fit its schema is a bad request: bad input is no fault of the server (500 upstream)',
    is: ({ request, theirs, ours }) =>
      /apply|strategic/.test(request.contentType ?? '') &&
      theirs.code === 500 &&
      ours.code === 400 &&
      textOf(theirs) === textOf(ours),
  },
  {
    reason: 'ports of a service that collide are the fault of their field (500 upstream)',
    is: ({ theirs, ours }) =>
      theirs.code === 500 &&
      ours.code === 422 &&
      /^duplicate nodePort: /.test(String(theirs.body['message'])),
  },
  {
    reason: 'kube-apiserver panics and breaks the connection',
    is: ({ theirs, ours }) => theirs.code === 0 && ours.code !== 0,
  },
  {
    reason: 'the volumes of several claim templates are in an order that kube-apiserver leaves to chance',
    is: ({ request, theirs, ours }) =>
      request.path.includes('/statefulsets') &&
      theirs.code === 422 &&
      ours.code === 422 &&
      faultsOf(theirs).length > 0 &&
      isDeepStrictEqual(faultsOf(theirs), faultsOf(ours)),
  },
  {
    reason: 'an annotation of a DaemonSet that is no number is a bad request in a patch too (500 upstream)',
    is: ({ theirs, ours }) =>
      theirs.code === 500 && ours.code === 400 && textOf(theirs).includes('strconv.ParseInt'),
  },
  {
    reason: 'a RuntimeClass whose name is no part of a path is one that is not there (500 upstream)',
    is: ({ theirs, ours }) =>
      theirs.code === 500 && ours.code < 500 && /^(invalid )?resource name /.test(textOf(theirs)),
  },
];

/** Why two answers may differ; undefined where they may not. */
export function deviationOf(pair: Pair): string | undefined {
  return deviations.find(({ is }) => is(pair))?.reason;
}
