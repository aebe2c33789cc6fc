// Probes and lifecycle handlers of containers.
// Upstream: validateProbe, validateHandler and validateLifecycle in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type {
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  PodSpec,
  Probe,
  ProbeHandler,
} from '#types/core_v1';
import { enumFact } from '../../api/schema/type-table.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { httpHeaderName, portName, portNumber } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import type { AnyContainer } from './containers-of.ts';

const schemes = ['HTTP', 'HTTPS'];

/** A number or the name of a container's port. */
export function validatePortReference(errors: FieldErrors, port: number | string, path: string): void {
  if (typeof port === 'number') errors.invalids(path, port, portNumber(port));
  else errors.invalids(path, port, portName(port));
}

function validateHttpGet(errors: FieldErrors, action: HTTPGetAction, path: string): void {
  if (!action.path) errors.required(`${path}.path`);
  validatePortReference(errors, action.port, `${path}.port`);
  if (!schemes.includes(action.scheme ?? ''))
    errors.notSupported(`${path}.scheme`, action.scheme ?? '', schemes);
  for (const { name } of action.httpHeaders ?? [])
    errors.invalids(`${path}.httpHeaders`, name, httpHeaderName(name));
}

type Handler = ProbeHandler & LifecycleHandler;

function validateHandler(
  errors: FieldErrors,
  handler: Handler,
  gracePeriod: number | undefined,
  path: string,
): void {
  let handlers = 0;
  const isFirst = (kind: string): boolean => {
    handlers++;
    if (handlers > 1) errors.forbidden(`${path}.${kind}`, 'may not specify more than 1 handler type');
    return handlers === 1;
  };
  if (handler.exec && isFirst('exec') && !handler.exec.command?.length)
    errors.required(`${path}.exec.command`);
  if (handler.httpGet && isFirst('httpGet')) validateHttpGet(errors, handler.httpGet, `${path}.httpGet`);
  if (handler.tcpSocket && isFirst('tcpSocket'))
    validatePortReference(errors, handler.tcpSocket.port, `${path}.tcpSocket.port`);
  if (handler.grpc && isFirst('grpc')) validatePortReference(errors, handler.grpc.port, `${path}.grpc.port`);
  if (handler.sleep && isFirst('sleep') && gracePeriod !== undefined) {
    const { seconds } = handler.sleep;
    if (seconds < 0 || seconds > gracePeriod) {
      errors.invalid(
        `${path}.sleep`,
        seconds,
        `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`,
      );
    }
  }
  if (handlers === 0) errors.required(path, 'must specify a handler type');
}

function validateProbe(
  errors: FieldErrors,
  probe: Probe,
  gracePeriod: number | undefined,
  path: string,
): void {
  validateHandler(errors, probe, gracePeriod, path);
  validateNonnegative(errors, probe.initialDelaySeconds, `${path}.initialDelaySeconds`);
  validateNonnegative(errors, probe.timeoutSeconds, `${path}.timeoutSeconds`);
  validateNonnegative(errors, probe.periodSeconds, `${path}.periodSeconds`);
  validateNonnegative(errors, probe.successThreshold, `${path}.successThreshold`);
  validateNonnegative(errors, probe.failureThreshold, `${path}.failureThreshold`);
  const period = probe.terminationGracePeriodSeconds;
  if (period !== undefined && period <= 0)
    errors.invalid(`${path}.terminationGracePeriodSeconds`, period, 'must be greater than 0');
}

/** Checks a container's three probes. */
export function validateProbes(
  errors: FieldErrors,
  container: AnyContainer,
  gracePeriod: number | undefined,
  path: string,
): void {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  const once = (probe: Probe | undefined, at: string): void => {
    if (!probe) return;
    validateProbe(errors, probe, gracePeriod, at);
    if (probe.successThreshold !== 1)
      errors.invalid(`${at}.successThreshold`, probe.successThreshold ?? 0, 'must be 1');
  };
  once(livenessProbe, `${path}.livenessProbe`);
  if (readinessProbe) {
    const at = `${path}.readinessProbe`;
    validateProbe(errors, readinessProbe, gracePeriod, at);
    const period = readinessProbe.terminationGracePeriodSeconds;
    if (period !== undefined)
      errors.invalid(`${at}.terminationGracePeriodSeconds`, period, 'must not be set for readinessProbes');
  }
  once(startupProbe, `${path}.startupProbe`);
}

const windowsSignals = ['SIGKILL', 'SIGTERM'];

function validateStopSignal(errors: FieldErrors, signal: string, os: string | undefined, path: string): void {
  if (os === undefined) {
    errors.forbidden(path, 'may not be set for containers with empty `spec.os.name`');
    return;
  }
  const known = os === 'windows' ? windowsSignals : Object.values(enumFact('core/v1.Signal')!.values);
  if ((os === 'windows' || os === 'linux') && !known.includes(signal))
    errors.notSupported(path, signal, [...known].sort());
}

/** Checks a container's lifecycle handlers. */
export function validateLifecycle(
  errors: FieldErrors,
  lifecycle: Lifecycle | undefined,
  { terminationGracePeriodSeconds: gracePeriod, os }: PodSpec,
  path: string,
): void {
  if (!lifecycle) return;
  if (lifecycle.postStart) validateHandler(errors, lifecycle.postStart, gracePeriod, `${path}.postStart`);
  if (lifecycle.preStop) validateHandler(errors, lifecycle.preStop, gracePeriod, `${path}.preStop`);
  if (lifecycle.stopSignal) validateStopSignal(errors, lifecycle.stopSignal, os?.name, `${path}.stopSignal`);
}
