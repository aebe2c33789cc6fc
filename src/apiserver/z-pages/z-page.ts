// The pages on which a component tells of itself: text for people, and objects for who asks for one by its kind.
// Upstream: k8s.io/apiserver/pkg/server/{statusz,flagz}, KEP-4827 and KEP-4828.
import { notAcceptable } from '../../api/status.ts';
import type { PathHandler } from '../dispatch.ts';
import { type Clause, contentTypes, parseAccept, plainAcceptance, wantsPretty } from '../encoding/accept.ts';
import { encodeValue } from '../encoding/object-encoder.ts';
import type { Exchange } from '../exchange.ts';
import { sendError } from '../respond.ts';

/** What every component calls this one. */
const componentName = 'apiserver';

/** One page. */
export interface ZPage {
  /** Under this name in small letters it is served: `Statusz`. */
  readonly kind: string;
  /** Below the heading. */
  text(): string;
  /** What the object has beside its kind and its name. */
  fields(): object;
}

const group = 'config.k8s.io';
const versions = ['v1alpha1', 'v1beta1'];
const textType = 'text/plain';
const accepted = [contentTypes.json, contentTypes.yaml, textType];

interface ObjectForm {
  readonly media: 'json' | 'yaml';
  readonly version: string;
  readonly pretty: boolean;
}

function nameOf({ kind }: ZPage): string {
  return kind.toLowerCase();
}

function matches(clause: Clause, type: string): boolean {
  return clause.type === '*/*' || clause.type === type || clause.type === `${type.split('/')[0]}/*`;
}

/** Objects are sent to who names their kind alone, text to who names none. Undefined: nothing that the header takes. */
function formOf(header: string, kind: string): ObjectForm | 'text' | undefined {
  if (header.trim() === '') return 'text';
  for (const clause of parseAccept(header)) {
    const { as, g, v, pretty, stream, sv } = clause.parameters;
    if (stream || sv) continue;
    const named = as !== undefined || g !== undefined || v !== undefined;
    const known = as === kind && g === group && v !== undefined && versions.includes(v);
    for (const media of ['json', 'yaml'] as const)
      if (known && matches(clause, contentTypes[media])) return { media, version: v, pretty: pretty === '1' };
    if (!named && matches(clause, textType)) return 'text';
  }
  return undefined;
}

function sendText(exchange: Exchange, page: ZPage): void {
  const name = nameOf(page);
  const heading = `
${componentName} ${name}
Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.
`;
  exchange.send(200, 'text/plain; charset=utf-8', heading + page.text());
}

function sendObject(exchange: Exchange, page: ZPage, form: ObjectForm): void {
  const { media, version } = form;
  const name = nameOf(page);
  if (version === 'v1alpha1')
    exchange.setHeader(
      'Warning',
      `299 - "This version of the ${name} endpoint is deprecated. Please use a newer version."`,
    );
  const object = {
    kind: page.kind,
    apiVersion: `${group}/${version}`,
    metadata: { name: componentName },
    ...page.fields(),
  };
  const contentType = `${contentTypes[media]};g=${group};v=${version};as=${page.kind}`;
  const pretty =
    media === 'json' && (form.pretty || wantsPretty(exchange.query, exchange.header('user-agent')));
  const encoding = { media, contentType, as: undefined, pretty };
  exchange.send(200, contentType, encodeValue(encoding, '', object));
}

/** Serves a page, whatever the method is. */
export function zPagePath(page: ZPage): PathHandler {
  const name = nameOf(page);
  return (exchange) => {
    if (exchange.path !== `/${name}`) return false;
    const form = formOf(exchange.header('accept') ?? '', page.kind);
    if (form === undefined)
      sendError(exchange, notAcceptable(accepted), { ...plainAcceptance, protobuf: false });
    else if (form === 'text') sendText(exchange, page);
    else sendObject(exchange, page, form);
    return true;
  };
}
