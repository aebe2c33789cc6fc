// Runs @kubernetes/client-node against the server that KUBECONFIG names: one line a check, exit code 1 when one fails.
// The package lies in the folder that the first argument names.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.argv[2], 'package.json'));
const k8s = await import(pathToFileURL(require.resolve('@kubernetes/client-node')).href);

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const configMap = (name, data) => ({ metadata: { name }, data });

async function rejectsWith(code, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, String(error.body ?? error));
    return true;
  });
}

async function writes(namespace) {
  const made = await core.createNamespacedConfigMap({ namespace, body: configMap('one', { a: 'b' }) });
  assert.ok(made.metadata.uid);
  await rejectsWith(409, core.createNamespacedConfigMap({ namespace, body: configMap('one') }));
  const body = { ...made, data: { a: 'c' } };
  const newer = await core.replaceNamespacedConfigMap({ name: 'one', namespace, body });
  assert.deepEqual(newer.data, { a: 'c' });
  await rejectsWith(409, core.replaceNamespacedConfigMap({ name: 'one', namespace, body: made }));
  const patch = [{ op: 'add', path: '/data/x', value: 'y' }];
  const patched = await core.patchNamespacedConfigMap({ name: 'one', namespace, body: patch });
  assert.deepEqual(patched.data, { a: 'c', x: 'y' });
  await core.deleteNamespacedConfigMap({ name: 'one', namespace });
  await rejectsWith(404, core.readNamespacedConfigMap({ name: 'one', namespace }));
  await rejectsWith(422, core.createNamespacedConfigMap({ namespace, body: configMap('Bad_Name') }));
}

async function deployments(namespace) {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  const made = await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name: 'web' }, spec },
  });
  assert.equal(made.spec.strategy.rollingUpdate.maxSurge, '25%');
  const scale = await apps.readNamespacedDeploymentScale({ name: 'web', namespace });
  scale.spec.replicas = 5;
  await apps.replaceNamespacedDeploymentScale({ name: 'web', namespace, body: scale });
  const side = { spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } } };
  const patched = await apps.patchNamespacedDeployment(
    { name: 'web', namespace, body: side },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.StrategicMergePatch),
  );
  assert.deepEqual(
    patched.spec.template.spec.containers.map((container) => container.name),
    ['side', 'main'],
  );
  assert.equal(patched.spec.replicas, 5);
}

async function pages(namespace) {
  for (let i = 0; i < 25; i++)
    await core.createNamespacedConfigMap({ namespace, body: configMap(`m${String(i).padStart(2, '0')}`) });
  const names = [];
  let _continue;
  do {
    const page = await core.listNamespacedConfigMap({ namespace, limit: 10, _continue });
    names.push(...page.items.map((item) => item.metadata.name));
    _continue = page.metadata._continue;
  } while (_continue);
  assert.equal(names.length, 25);
  await core.deleteCollectionNamespacedConfigMap({ namespace });
  assert.equal((await core.listNamespacedConfigMap({ namespace })).items.length, 0);
}

async function watches(namespace) {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  const seen = [];
  let controller;
  await new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`only ${seen} came`)), 20_000);
    const take = (type, object) => {
      seen.push(`${type} ${object.metadata.name}`);
      if (type !== 'DELETED') return;
      clearTimeout(deadline);
      resolve();
    };
    const query = { resourceVersion: metadata.resourceVersion };
    new k8s.Watch(config)
      .watch(path, query, take, (error) => error && reject(error))
      .then(async (request) => {
        controller = request;
        await core.createNamespacedConfigMap({ namespace, body: configMap('one') });
        await core.patchNamespacedConfigMap({
          name: 'one',
          namespace,
          body: [{ op: 'add', path: '/data', value: { a: 'b' } }],
        });
        await core.deleteNamespacedConfigMap({ name: 'one', namespace });
      }, reject);
  });
  controller.abort();
  assert.deepEqual(seen, ['ADDED one', 'MODIFIED one', 'DELETED one']);
}

async function informers(namespace) {
  await core.createNamespacedConfigMap({ namespace, body: configMap('before') });
  const list = () => core.listNamespacedConfigMap({ namespace });
  const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list);
  const added = new Set();
  const both = new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`only ${[...added]} came`)), 20_000);
    informer.on('add', (object) => {
      added.add(object.metadata.name);
      if (added.size < 2) return;
      clearTimeout(deadline);
      resolve();
    });
    informer.on('error', reject);
  });
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: configMap('after') });
  await both;
  assert.deepEqual(
    informer
      .list()
      .map((object) => object.metadata.name)
      .sort(),
    ['after', 'before'],
  );
  await informer.stop();
}

async function genericObjects(namespace) {
  const client = k8s.KubernetesObjectApi.makeApiClient(config);
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace },
    stringData: { a: 'b' },
  };
  const made = await client.create(object);
  assert.equal(made.data.a, 'Yg==');
  const patched = await client.patch({ ...object, metadata: { name: 's', namespace, labels: { x: 'y' } } });
  assert.equal(patched.metadata.labels.x, 'y');
  await client.delete(object);
}

let failed = false;
for (const [index, check] of [writes, deployments, pages, watches, informers, genericObjects].entries()) {
  const namespace = `node-${index}`;
  try {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await check(namespace);
    console.log(`ok ${check.name}`);
  } catch (error) {
    failed = true;
    console.error(error);
    console.log(`not ok ${check.name}`);
  }
}
process.exit(failed ? 1 : 0);
