// The objects that the bench writes: about 2 kB each, as real ones are.

const filler = 'x'.repeat(1700);

const makers = {
  configmap: (i) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `configmap-${i}`, labels: { app: `app-${i % 50}` } },
    data: { key: filler },
  }),
  pod: (i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${i}`,
      labels: { app: `app-${i % 50}`, 'pod-template-hash': '5d4f8c7b9d' },
      annotations: { note: 'x'.repeat(500) },
    },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'registry.example.com/team/app:1.2.3',
          ports: [{ containerPort: 8080, name: 'http' }],
          env: [
            { name: 'MODE', value: 'production' },
            { name: 'LEVEL', value: 'info' },
          ],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
        },
      ],
    },
  }),
};

/** The JSON body of object number `i`. */
export function bodyOf(kind, i) {
  return JSON.stringify(makers[kind](i));
}
