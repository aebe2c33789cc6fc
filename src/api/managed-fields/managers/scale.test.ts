import { expect, it } from 'vitest';
import type { JsonObject } from '../../object.ts';
import { entriesForParent, entriesForScale } from './scale.ts';

const paths = { 'apps/v1': ['spec', 'replicas'] };
const time = '2026-01-01T00:00:00Z';

function entry(manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  return { manager, operation, apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1, ...more };
}

const replicas: JsonObject = { 'f:spec': { 'f:replicas': {} } };
const both: JsonObject = { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } };
const parent = [entry('a', 'Apply', both), entry('o', 'Apply', replicas, { apiVersion: 'apps/v0' })];

it('shows who owns the replicas', () => {
  expect(entriesForScale(parent, paths)).toEqual([
    entry('a', 'Apply', replicas, { apiVersion: 'autoscaling/v1' }),
  ]);
});

it('leaves an applier who kept the replicas as it was, and drops versions that are gone', () => {
  const scale = entriesForScale(parent, paths);
  expect(entriesForParent(parent, scale, 'apps/v1', paths)).toEqual([entry('a', 'Apply', both)]);
});

it('moves the replicas to who took them; upstream forgets the time', () => {
  const scale = [entry('s', 'Update', replicas, { apiVersion: 'autoscaling/v1', subresource: 'scale' })];
  const { time: _, ...untimed } = entry('s', 'Update', replicas, { subresource: 'scale' });
  expect(entriesForParent(parent, scale, 'apps/v1', paths)).toEqual([
    entry('a', 'Apply', { 'f:spec': { 'f:paused': {} } }),
    untimed,
  ]);
});
