// `kubeskiff/testing`: what tests import.

export type { KubeObject } from '../api/object.ts';
export { ApiError } from '../api/status.ts';
export { isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound } from '../client/api-errors.ts';
export type { Client } from '../client/client.ts';
export { type Resource, resource } from '../client/resource.ts';
export * as resources from '../client/resources.ts';
export { startCluster, type TestCluster, type TestClusterOptions } from './test-cluster.ts';
