// The API server: resources, filters and paths put together behind an HTTP server.
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { builtinResources, type ResourceDefinition } from '../kinds/registry.ts';
import type { FeatureGates } from '../kinds/served/feature-gates.ts';
import type { Storage } from '../storage/storage.ts';
import { openWatchCaches } from '../storage/watch-caches.ts';
import { admissionChain } from './admission/admission.ts';
import { admissionSteps } from './admission/chain.ts';
import { AddressPool } from './allocation/address-pool.ts';
import { IpAddressObjects } from './allocation/ip-address-objects.ts';
import { PortPool } from './allocation/port-pool.ts';
import { AllocationRepair } from './allocation/repair.ts';
import { restoreAllocations, serviceAllocation } from './allocation/service-allocation.ts';
import { readyCidrs } from './allocation/service-cidrs.ts';
import { FieldManagers } from './apply/field-managers.ts';
import { createAuthenticator, type TokenAuthenticator } from './authentication/authenticator.ts';
import { certificateUser } from './authentication/client-certificate.ts';
import { type ObjectGetter, serviceAccountTokens } from './authentication/service-account-tokens.ts';
import { type AuthorizationMode, authorizerOf } from './authorization/modes.ts';
import { RbacRules, rbacAuthorizer } from './authorization/rbac.ts';
import { Bootstrap } from './bootstrap/bootstrap.ts';
import { bootstrapObjects } from './bootstrap/objects.ts';
import { computedResources } from './computed-resources.ts';
import { Discovery } from './discovery/discovery-paths.ts';
import { createDispatch } from './dispatch.ts';
import { ApiServices } from './extension/api-services.ts';
import { CustomResources } from './extension/custom-resources.ts';
import { authenticationFilter } from './filters/authentication.ts';
import { authorizationFilter } from './filters/authorization.ts';
import { impersonationFilter } from './filters/impersonation.ts';
import { InFlight } from './filters/max-in-flight.ts';
import { RequestTimeout } from './filters/request-timeout.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { FlowSchemaStatus } from './flow-control/flow-schema-status.ts';
import { getHandler } from './handlers/get.ts';
import type { HandlerContext } from './handlers/handler.ts';
import { patchHandler } from './handlers/patch.ts';
import { updateHandler } from './handlers/update.ts';
import { healthPaths } from './health.ts';
import { serverHealthChecks } from './health-checks.ts';
import { HealthResults } from './health-results.ts';
import { createHttpServer, type ServingCertificate } from './http-server.ts';
import { IdentityLease } from './identity-lease.ts';
import { type Kubelets, noKubelets } from './kubelets.ts';
import { RequestMetrics } from './metrics.ts';
import { openIdPaths } from './open-id.ts';
import { OpenApiDocuments } from './openapi-paths.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { ResourceTable } from './resource-table.ts';
import { attributesOf, keyOf, serveResource } from './resources.ts';
import { rootPath } from './root-path.ts';
import { KeyQueue } from './store/key-queue.ts';
import { parseObject, restamp } from './store/serialize.ts';
import { bindingSubresource } from './subresources/binding.ts';
import { deploymentRollbacks } from './subresources/deployment-rollback.ts';
import { evictionSubresource } from './subresources/eviction.ts';
import { connectSubresources } from './subresources/pod-connect.ts';
import { podLogSubresource } from './subresources/pod-log.ts';
import { scaleSubresource } from './subresources/scale.ts';
import { subresourceHandlers } from './subresources/subresource.ts';
import { tokenSubresource } from './subresources/token.ts';
import { unusedConnections } from './unused-connections.ts';
import { serveUpgrades } from './upgrades.ts';
import { versionPath } from './version.ts';
import { endpointResolver } from './webhooks/service-address.ts';
import { createWebhookClient } from './webhooks/webhook-client.ts';
import { zPages } from './z-pages/z-pages.ts';

// Upstream's --max-requests-inflight and --max-mutating-requests-inflight.
const inFlightLimits = { readOnly: 400, mutating: 200 };
const requestTimeoutMs = 60_000;
// Upstream's --min-request-timeout.
const minRequestTimeoutMs = 1_800_000;
// A watcher that leaves this much unread is cut off.
const maxWatcherBacklog = 16 * 1024 * 1024;

/** What an API server is made of. */
export interface ApiServerOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** PEM; absent: no TLS, for use inside the process only. */
  readonly tls?: ServingCertificate;
  /** Further token authenticators, asked before service account tokens. */
  readonly tokens?: readonly TokenAuthenticator[];
  readonly serviceAccounts: { issuer: string; signingKey: string; verificationKeys?: readonly string[] };
  /** CIDRs, comma-separated; the first is the default family. */
  readonly serviceRange: string;
  readonly nodePortRange: string;
  /** The address told to clients in discovery and in `kubernetes.default`. */
  readonly advertiseAddress: string;
  readonly disabledAdmission?: ReadonlySet<string>;
  /** Whether requests without credentials are answered as those of system:anonymous; absent: they are. */
  readonly anonymousAuth?: boolean;
  /** Who decides what users may do, in this order; absent: RBAC alone. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  /** After how long a watch that names no timeout may end; absent: half an hour. */
  readonly minRequestTimeoutMs?: number;
  /** What /version reports; absent: our own. */
  readonly gitVersion?: string;
  /** The built-in resources that are served, in discovery order; absent: those that are by default. */
  readonly resources?: readonly ResourceDefinition[];
  /** Absent: the gates as they are by default. */
  readonly featureGates?: FeatureGates;
  /** The flags that the server was started with, as /flagz tells; absent: it is not served. */
  readonly flags?: Readonly<Record<string, string>>;
  /** How the kubelets of nodes are reached; absent: they are not. */
  readonly kubelets?: Kubelets;
  /** Whether controllers and scheduler run beside the server, as componentstatuses tells; absent: they do not. */
  readonly hasParts?: boolean;
  readonly maxInFlight?: { readOnly: number; mutating: number };
}

/** A running API server. */
export interface ApiServer {
  readonly app: FastifyInstance;
  /** Starts to listen; resolves with the port. `port` 0 picks a free one. */
  listen(options: { host: string; port: number }): Promise<number>;
  /** Answers a request from inside the process, by the same way as those of sockets. Never rejects. */
  readonly handle: Pipeline;
  /** Makes the objects of a new cluster. Call after listen: they name the port. */
  bootstrap(): Promise<void>;
  /** Ends watches, finishes other requests, closes the socket. The storage stays open. */
  close(): Promise<void>;
}

/** Puts an API server together. Throws on bad ranges. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { storage, clock, random, log } = options;
  const shutdown = new AbortController();
  // every watch listens
  setMaxListeners(0, shutdown.signal);
  const caches = openWatchCaches(storage, { restamp, clock });
  const table = new ResourceTable();
  const served = new Set(options.resources ?? builtinResources());
  // what is turned off is used inside all the same
  for (const definition of new Set([...served, ...builtinResources()])) {
    const resource = serveResource(definition, (prefix, kind) =>
      caches.resource(prefix, (bytes) => attributesOf(kind, parseObject(bytes))),
    );
    if (served.has(definition)) table.add(resource);
    else table.keep(resource);
  }
  const stored = (group: string, plural: string): ReturnType<ResourceTable['stored']> =>
    table.stored(group, plural);
  const lookup: ObjectGetter = (resource, namespace, name) => {
    const served = stored('', resource);
    const found = served.cache!.get(keyOf(served, namespace, name));
    return found && parseObject(found.bytes);
  };

  const tokens = serviceAccountTokens({ ...options.serviceAccounts, clock, random, lookup });
  const tokenAuthenticators = [...(options.tokens ?? []), tokens];
  const rbac = 'rbac.authorization.k8s.io';
  const rules = new RbacRules({
    clusterRoles: stored(rbac, 'clusterroles').cache!,
    clusterRoleBindings: stored(rbac, 'clusterrolebindings').cache!,
    roles: stored(rbac, 'roles').cache!,
    roleBindings: stored(rbac, 'rolebindings').cache!,
  });
  const authorizer = authorizerOf(options.authorizationModes ?? ['RBAC'], rbacAuthorizer(rules));

  const pools = {
    addresses: options.serviceRange
      .split(',')
      .map(
        (cidr) =>
          new AddressPool(cidr, random, (own) =>
            readyCidrs(stored('networking.k8s.io', 'servicecidrs'), own),
          ),
      ),
    nodePorts: new PortPool(options.nodePortRange, random),
  };
  const services = stored('', 'services');
  const storedServices = (): KubeObject[] =>
    services.cache!.list({ prefix: services.prefix }).objects.map((o) => parseObject(o.bytes));
  restoreAllocations(storedServices(), pools);
  const ipAddresses = new IpAddressObjects(
    () => stored('networking.k8s.io', 'ipaddresses'),
    () => context.store,
  );
  const repair = new AllocationRepair(pools, storedServices, ipAddresses);
  const repairs = repair.start(clock);

  const admission = admissionChain(
    admissionSteps({
      stored,
      random,
      clock,
      authorizer,
      rules,
      dependencies: () => context.store,
      disabled: options.disabledAdmission ?? new Set(),
      featureGates: options.featureGates,
      versionsOf: (resource) => table.versionsOf(resource),
      resourceOfKind: (group, version, kind) => table.ofKind(group, version, kind),
      webhookClient: () => webhooks,
    }),
  );
  const context: HandlerContext = {
    authorizer,
    store: {
      storage,
      clock,
      random,
      admission,
      hooks: [
        serviceAllocation(pools, ipAddresses),
        {
          group: 'apiextensions.k8s.io',
          resource: 'customresourcedefinitions',
          settled: (name) => custom.settled(name),
        },
      ],
      queue: new KeyQueue(),
      fields: new FieldManagers(clock, (resource) => table.versionsOf(resource)),
      namespaceLabels: (name) =>
        stored('', 'namespaces').cache!.get(`namespaces/${name}`)?.attributes().labels,
      isGateOn: (name) => options.featureGates?.isEnabled(name) ?? false,
    },
    clock,
    random,
    shutdown: shutdown.signal,
    maxWatcherBacklog,
    minRequestTimeoutMs: options.minRequestTimeoutMs ?? minRequestTimeoutMs,
  };
  const subresources = subresourceHandlers(
    [
      scaleSubresource,
      bindingSubresource,
      evictionSubresource(() => stored('policy', 'poddisruptionbudgets')),
      tokenSubresource(tokens, lookup),
      podLogSubresource(options.kubelets ?? noKubelets, lookup),
      ...deploymentRollbacks,
      ...connectSubresources(() => stored('', 'endpoints')),
    ],
    { get: getHandler, update: updateHandler, patch: patchHandler },
  );
  const computed = computedResources({
    authorizer,
    rules,
    tokens: { authenticators: tokenAuthenticators, audience: tokens.issuer },
    pods: () => stored('', 'pods'),
    components: {
      leases: () => stored('coordination.k8s.io', 'leases'),
      clock,
      hasParts: options.hasParts ?? false,
    },
  });

  let port = 443;
  const address = (): string =>
    `${options.advertiseAddress.includes(':') ? `[${options.advertiseAddress}]` : options.advertiseAddress}:${port}`;
  const discovery = new Discovery(table, address);
  const openApi = new OpenApiDocuments(table, clock, !options.featureGates?.isTurnedOff('OpenAPIEnums'), log);
  const webhooks = createWebhookClient(endpointResolver(lookup), clock);
  const apiServices = new ApiServices(
    stored('apiregistration.k8s.io', 'apiservices'),
    () => context.store,
    log,
  );
  const custom = new CustomResources({
    clock,
    random,
    webhooks,
    log,
    table,
    definitions: stored('apiextensions.k8s.io', 'customresourcedefinitions'),
    dependencies: () => context.store,
    cacheOf: (prefix, kind) => caches.redefine(prefix, (bytes) => attributesOf(kind, parseObject(bytes))),
    changed(groupVersions) {
      discovery.refresh();
      openApi.refresh();
      void apiServices.settle(groupVersions);
    },
  });
  const inFlight = new InFlight(options.maxInFlight ?? inFlightLimits);
  const metrics = new RequestMetrics(table, inFlight, options.featureGates);
  const healthResults = new HealthResults(clock);
  const health = healthPaths(serverHealthChecks(shutdown.signal), healthResults);
  const openId = openIdPaths(tokens, address);
  const pages = zPages(options, [...health.paths, '/metrics', '/version'], clock);
  const root = rootPath(table, [
    ...health.paths,
    ...openId.paths,
    ...pages.paths,
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/version',
  ]);
  const paths = [
    health.handle,
    discovery.handle,
    versionPath(options.gitVersion),
    openApi.handle,
    metrics.handle,
    healthResults.handle,
    openId.handle,
    ...pages.handlers,
    root,
  ];
  const flowGroup = 'flowcontrol.apiserver.k8s.io';
  const flowSchemas = stored(flowGroup, 'flowschemas');
  const flowCaches = {
    schemas: flowSchemas.cache!,
    levels: stored(flowGroup, 'prioritylevelconfigurations').cache!,
  };
  const flowControl = new FlowControl(flowCaches);
  const flowSchemaStatus = new FlowSchemaStatus(flowSchemas, flowCaches, () => context.store, log);
  const bootstrap = new Bootstrap({ table, dependencies: () => context.store, clock, log });
  const identity = options.featureGates?.isTurnedOff('APIServerIdentity')
    ? undefined
    : new IdentityLease({
        leases: stored('coordination.k8s.io', 'leases'),
        dependencies: () => context.store,
        clock,
        random,
        hostname: hostname(),
        address: () =>
          options.featureGates?.isTurnedOff('UnknownVersionInteroperabilityProxy') ? undefined : address(),
        log,
      });
  const timeout = new RequestTimeout(clock, requestTimeoutMs);
  const filters = [
    timeout.filter(),
    authenticationFilter(createAuthenticator(certificateUser, tokenAuthenticators, options.anonymousAuth)),
    impersonationFilter(authorizer, !options.featureGates?.isTurnedOff('ConstrainedImpersonation')),
    flowControl.filter(),
    inFlight.filter(),
    authorizationFilter(authorizer),
  ];
  const pipeline = createPipeline(
    filters,
    createDispatch(table, computed, subresources, paths, context),
    metrics.observe,
    log,
  );
  const app = createHttpServer(options, pipeline);
  const endUnused = unusedConnections(app.server);
  serveUpgrades(app.server, pipeline);

  return {
    app,
    handle: pipeline,
    async listen({ host, port: asked }) {
      await custom.start();
      await app.listen({ host, port: asked });
      const bound = app.server.address();
      port = typeof bound === 'object' && bound !== null ? bound.port : asked;
      return port;
    },
    async bootstrap() {
      await custom.start();
      const objects = () =>
        bootstrapObjects(
          {
            now: clock.now(),
            serviceAddress: pools.addresses[0]!.first(),
            endpoint: { address: options.advertiseAddress, port },
            clientAuthority: options.tls?.clientAuthorities[0] ?? '',
            definitions: [...table.all()].filter((r) => !r.custom).map((r) => r.definition),
          },
          options.serviceRange,
        );
      // first: what a crash left over must not stand in the way
      await repair.run();
      await Promise.all([bootstrap.start(objects), identity?.start()]);
      await flowSchemaStatus.start();
      openApi.start();
    },
    async close() {
      shutdown.abort();
      repairs.cancel();
      await bootstrap.stop();
      await custom.stop();
      await openApi.stop();
      await flowSchemaStatus.stop();
      await identity?.stop();
      flowControl.close();
      await apiServices.idle();
      timeout.stop();
      options.kubelets?.close();
      endUnused();
      await app.close();
      caches.close();
    },
  };
}
