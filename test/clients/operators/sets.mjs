// The definitions of well-known operators, as their Go modules publish them: versions and sums are pinned, nothing of them is
// kept here. The objects under valid/ and refused/ are of our own writing.

/**
 * Each: `module` with its `sum` as go.sum has it, the `folder` of the definitions in it, `rows` that `kubectl get` prints of
 * the valid objects, `reasons` that the refused one must be refused for.
 */
export const sets = [
  {
    name: 'gateway-api',
    module: 'sigs.k8s.io/gateway-api@v1.5.0',
    sum: 'h1:duoo14Ky/fJXpjpmyMISE2RTBGnfCg8zICfTYLTnBJA=',
    folder: 'config/crd/standard',
    rows: {
      gatewayclasses: /^NAME +CONTROLLER +ACCEPTED +AGE\nplain +example\.com\/gateways +Unknown +\d+s\n$/,
      gateways: /^NAME +CLASS +ADDRESS +PROGRAMMED +AGE\nentrance +plain +Unknown +\d+s\n$/,
      httproutes: /^NAME +HOSTNAMES +AGE\nshop +\["shop\.example\.com"\] +\d+s\n$/,
    },
    reasons: [
      'spec.rules[0].filters[0]: Invalid value: filter.requestRedirect must be specified for RequestRedirect filter.type',
    ],
  },
  {
    name: 'cert-manager',
    module: 'github.com/cert-manager/cert-manager@v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    folder: 'deploy/crds',
    rows: {
      issuers: /^NAME +READY +AGE\nown +\d+s\n$/,
      certificates: /^NAME +READY +SECRET +AGE\nshop +shop-tls +\d+s\n$/,
    },
    reasons: [
      'spec.privateKey.algorithm: Unsupported value: "ROT13": supported values: "RSA", "ECDSA", "Ed25519"',
      'spec.secretName: Required value',
    ],
  },
  {
    name: 'prometheus-operator',
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    folder: 'example/prometheus-operator-crd',
    rows: {
      prometheuses: /^NAME +VERSION +DESIRED +READY +RECONCILED +AVAILABLE +AGE\nmain +v3\.5\.0 +2 +\d+s\n$/,
      servicemonitors: /^NAME +AGE\nshop +\d+s\n$/,
      prometheusrules: /^NAME +AGE\nshop +\d+s\n$/,
    },
    reasons: [
      'spec.endpoints[0].interval: Invalid value: "1 minute": spec.endpoints[0].interval in body should match',
    ],
  },
  {
    name: 'argo-cd',
    module: 'github.com/argoproj/argo-cd/v3@v3.4.0',
    sum: 'h1:yZwfaOIzE/aQTA52mOfeZQbribmyxKYvMgirQja4eX0=',
    folder: 'manifests/crds',
    rows: {
      appprojects: /^NAME +AGE\nshops +\d+s\n$/,
      applications: /^NAME +SYNC STATUS +HEALTH STATUS\nshop +\n$/,
    },
    reasons: ['spec.project: Required value'],
  },
  {
    name: 'cluster-api',
    module: 'sigs.k8s.io/cluster-api@v1.11.0',
    sum: 'h1:4ZqKxjhdP3F/vvHMd675rGsDrT/siggnFPt5eKQ8nkI=',
    folder: 'config/crd/bases',
    rows: {
      clusters: /^NAME +CLUSTERCLASS +AVAILABLE +CP DESIRED .* PHASE +AGE +VERSION\nharbour +\d+s +\n$/,
      machinedeployments:
        /^NAME +CLUSTER +AVAILABLE +DESIRED .* PHASE +AGE +VERSION\nworkers +harbour +3 +\d+s +v1\.36\.0\n$/,
    },
    reasons: ['spec: Invalid value: 0: spec in body should have at least 1 properties'],
  },
];
