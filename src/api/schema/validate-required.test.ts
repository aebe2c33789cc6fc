import { expect, it } from 'vitest';
import { fieldErrorText } from '../field-error.ts';
import { decodeTyped } from './decode.ts';
import { validateRequired } from './validate-required.ts';

function errors(ref: string, object: object): string[] {
  return validateRequired(ref, decodeTyped(ref, JSON.parse(JSON.stringify(object)))).map(fieldErrorText);
}

it('reports what is missing and what no enum has', () => {
  const pod = { spec: { restartPolicy: 'Foo', containers: [{ image: 'x', ports: [{ protocol: 'X' }] }] } };
  expect(errors('core/v1.Pod', pod)).toEqual([
    'spec.containers[0].name: Required value',
    'spec.containers[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    'spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "Never", "OnFailure"',
  ]);
});

it('is content with a good object', () => {
  expect(errors('core/v1.Pod', { spec: { containers: [{ name: 'c', image: 'x' }] } })).toEqual([]);
});
