// A conversion webhook on 127.0.0.1 that tests tell what to answer.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/api/clock.ts';
import { createAuthority, issueCertificate } from '../../src/cluster/pki.ts';

/** A custom resource as the webhook gets it. */
export interface Versioned {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: Record<string, string>;
}

/** What it is asked. */
export interface Review {
  apiVersion: string;
  kind: string;
  request: { uid: string; desiredAPIVersion: string; objects: Versioned[] };
}

/** A review with all objects converted by `convert`. */
export function converted(
  { apiVersion, kind, request }: Review,
  convert: (object: Versioned, apiVersion: string) => Versioned,
): { response: object } {
  return {
    apiVersion,
    kind,
    response: {
      uid: request.uid,
      result: { status: 'Success' },
      convertedObjects: request.objects.map((object) => convert(object, request.desiredAPIVersion)),
    },
  } as { response: object };
}

/** A running webhook. */
export interface ConversionHook {
  /** The reviews since the list was last emptied. */
  asked: Review[];
  answer: (review: Review) => object;
  /** `spec.conversion` of a definition that it converts. */
  readonly conversion: object;
  close(): Promise<void>;
}

/** Starts one. */
export async function startConversionHook(): Promise<ConversionHook> {
  const authority = await createAuthority('hooks', systemClock);
  const pair = await issueCertificate(
    authority,
    { commonName: 'hook' },
    { server: ['127.0.0.1'] },
    systemClock,
  );
  const server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Review;
      hook.asked.push(review);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(hook.answer(review)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  const hook: ConversionHook = {
    asked: [],
    answer: () => ({}),
    conversion: {
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1'],
        clientConfig: { url: `https://127.0.0.1:${port}/convert`, caBundle },
      },
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
  return hook;
}
