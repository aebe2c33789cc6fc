// The flags of upstream's kube-apiserver that are accepted: those with an effect here, and those without one.
// Upstream: cmd/kube-apiserver/app/options.
import { authorizationModes } from '../apiserver/authorization/modes.ts';
import type { OptionGroup } from './options.ts';

/** Flags that do here what they do upstream. */
export const effectiveFlags: readonly OptionGroup[] = [
  {
    title: 'Serving',
    options: [
      { name: 'advertise-address', value: 'ip', help: 'address told to clients' },
      { name: 'bind-address', value: 'ip', default: '0.0.0.0', help: 'address to listen on' },
      { name: 'cert-dir', value: 'string', help: 'where apiserver.crt and apiserver.key are, or are made' },
      { name: 'secure-port', value: 'int', default: '6443', help: 'port to listen on' },
      { name: 'tls-cert-file', value: 'string', help: 'serving certificate (PEM)' },
      { name: 'tls-private-key-file', value: 'string', help: 'key of the serving certificate (PEM)' },
      {
        name: 'min-request-timeout',
        value: 'int',
        default: '1800',
        help: 'seconds after which watches without a timeout end, or up to twice of it',
      },
      { name: 'external-hostname', value: 'string', help: 'further name for the serving certificate' },
    ],
  },
  {
    title: 'Authentication',
    options: [
      {
        name: 'anonymous-auth',
        value: 'bool',
        default: 'true',
        help: 'requests without credentials are those of system:anonymous; never with AlwaysAllow',
      },
      { name: 'client-ca-file', value: 'string', help: 'authorities of client certificates (PEM)' },
      { name: 'token-auth-file', value: 'string', help: 'static tokens, CSV' },
      {
        name: 'service-account-issuer',
        value: 'strings',
        multiple: true,
        help: 'issuer of service account tokens',
      },
      {
        name: 'service-account-key-file',
        value: 'stringArray',
        multiple: true,
        help: 'keys or certificates (PEM) that service account tokens are checked with',
      },
      { name: 'service-account-signing-key-file', value: 'string', help: 'key (PEM) that signs tokens' },
    ],
  },
  {
    title: 'Authorization',
    options: [
      {
        name: 'authorization-mode',
        value: 'strings',
        default: 'AlwaysAllow',
        multiple: true,
        help: `who decides, in this order: ${authorizationModes.join(',')}; ABAC and Webhook have no opinion`,
      },
    ],
  },
  {
    title: 'Cluster',
    options: [
      {
        name: 'service-cluster-ip-range',
        value: 'string',
        default: '10.0.0.0/24',
        help: 'addresses of services',
      },
      { name: 'service-node-port-range', value: 'portRange', default: '30000-32767', help: 'node ports' },
      {
        name: 'disable-admission-plugins',
        value: 'strings',
        multiple: true,
        help: 'admission steps to leave out',
      },
      { name: 'v', value: 'level', default: '0', help: 'log verbosity' },
    ],
  },
];

/** Flags of upstream's that are accepted and change nothing: storage is our own, and so are timeouts, caches and audit. */
export const ignoredFlags =
  `admission-control admission-control-config-file aggregator-reject-forwarding-redirect
allow-metric-labels allow-metric-labels-manifest allow-privileged api-audiences apiserver-count
audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst
audit-log-batch-throttle-enable audit-log-batch-throttle-qps audit-log-compress audit-log-format audit-log-maxage
audit-log-maxbackup audit-log-maxsize audit-log-mode audit-log-path audit-log-truncate-enabled
audit-log-truncate-max-batch-size audit-log-truncate-max-event-size audit-log-version audit-policy-file
audit-webhook-batch-buffer-size audit-webhook-batch-initial-backoff audit-webhook-batch-max-size
audit-webhook-batch-max-wait audit-webhook-batch-throttle-burst audit-webhook-batch-throttle-enable
audit-webhook-batch-throttle-qps audit-webhook-config-file audit-webhook-initial-backoff audit-webhook-mode
audit-webhook-truncate-enabled audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size
audit-webhook-version authentication-config authentication-token-webhook-cache-ttl
authentication-token-webhook-config-file authentication-token-webhook-version authorization-config
authorization-policy-file authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
authorization-webhook-config-file authorization-webhook-version contention-profiling coordinated-leadership-lease-duration
coordinated-leadership-renew-deadline coordinated-leadership-retry-period cors-allowed-origins
debug-socket-path default-not-ready-toleration-seconds default-unreachable-toleration-seconds default-watch-cache-size
delete-collection-workers disable-http2-serving disabled-metrics egress-selector-config-file emulated-version
emulation-forward-compatible enable-admission-plugins enable-aggregator-routing enable-bootstrap-token-auth
enable-garbage-collector enable-logs-handler enable-priority-and-fairness encryption-provider-config
encryption-provider-config-automatic-reload endpoint-reconciler-type etcd-cafile etcd-certfile
etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout
etcd-keyfile etcd-prefix etcd-readycheck-timeout etcd-servers etcd-servers-overrides event-ttl goaway-chance
http2-max-streams-per-connection kubelet-certificate-authority kubelet-client-certificate kubelet-client-key
kubelet-port kubelet-preferred-address-types kubelet-timeout kubernetes-service-node-port lease-reuse-duration-seconds
livez-grace-period log-flush-frequency log-json-info-buffer-size log-json-split-stream log-text-info-buffer-size
log-text-split-stream logging-format logtostderr max-connection-bytes-per-sec max-mutating-requests-inflight
max-requests-inflight min-compatibility-version oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix
oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix peer-advertise-ip
peer-advertise-port peer-ca-file permit-address-sharing permit-port-sharing profiling proxy-client-cert-file
proxy-client-key-file request-timeout requestheader-allowed-names requestheader-client-ca-file
requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers requestheader-username-headers
runtime-config-emulation-forward-compatible service-account-extend-token-expiration
service-account-jwks-uri service-account-lookup service-account-max-token-expiration
service-account-signing-endpoint show-hidden-metrics-for-version shutdown-delay-duration
shutdown-send-retry-after shutdown-watch-termination-grace-period storage-backend
storage-initialization-timeout storage-media-type strict-transport-security-directives tls-cipher-suites
tls-curve-preferences tls-min-version
tls-sni-cert-key tracing-config-file unsafe-tls-sni-cert-key vmodule watch-cache watch-cache-sizes`.split(
    /\s+/,
  );
