// What is told of an answer that is no success, where it does not tell for itself.
// Upstream: NewGenericServerResponse in k8s.io/apimachinery/pkg/api/errors/errors.go and newUnstructuredResponseError in
// k8s.io/client-go/rest/request.go.
import { goQuote } from '../../api/go-text.ts';

const texts: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

// more of an answer's text is not shown
const maxShown = 2048;

/** The words for a status code; `body` counts only for some codes, and only where it is text. */
export function refusalText(code: number, body: string, contentType: string | undefined): string {
  const isText = !contentType || contentType.startsWith('text/');
  const said = isText ? body.slice(0, maxShown).trim() : 'unknown';
  if (code === 403 || code === 415) return said;
  if (code === 406 && said !== '' && said !== 'unknown') return said;
  if (code === 406) return 'the server was unable to respond with a content type that the client supports';
  const text = texts[code];
  if (text !== undefined) return text;
  if (code >= 500)
    return `an error on the server (${goQuote(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${code} but did not return more information`;
}
