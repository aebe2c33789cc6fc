import { expect, it } from 'vitest';
import { refusalText } from './refusal-text.ts';

it.each([
  [422, 'no', 'text/plain', 'the server rejected our request due to an error in our request'],
  [404, 'no', undefined, 'the server could not find the requested resource'],
  [403, 'no\n', 'text/plain; charset=utf-8', 'no'],
  [403, '{}', 'application/json', 'unknown'],
  [406, '', undefined, 'the server was unable to respond with a content type that the client supports'],
  [
    500,
    'so "bad"',
    'text/plain',
    String.raw`an error on the server ("so \"bad\"") has prevented the request from succeeding`,
  ],
  [301, '', undefined, 'the server responded with the status code 301 but did not return more information'],
])('tells of %i', (code, body, type, text) => {
  expect(refusalText(code, body, type)).toBe(text);
});
