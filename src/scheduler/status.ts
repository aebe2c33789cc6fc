// What a plugin answers when it is no plain yes. Upstream: Status in k8s.io/kube-scheduler/framework/interface.go.

/**
 * Unschedulable: not now, though preempting pods may help. UnschedulableAndUnresolvable: preempting does not help.
 * Pending: the pod waits for something that the plugin started. Skip: nothing to do for this pod (PreFilter, PreScore).
 */
export type StatusCode = 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending' | 'Skip';

/** An answer; success is undefined, and a failure is thrown. Never changed, so plugins answer with constants. */
export interface Status {
  readonly code: StatusCode;
  /** Texts for people, counted over nodes in the message of the pod. */
  readonly reasons: readonly string[];
  /** The plugin that answered; '' when none did. */
  readonly plugin: string;
}

/** The pod does not fit, but would if other pods went away. */
export function unschedulable(plugin: string, ...reasons: string[]): Status {
  return { code: 'Unschedulable', reasons, plugin };
}

/** The pod does not fit, whatever pods go away. */
export function unresolvable(plugin: string, ...reasons: string[]): Status {
  return { code: 'UnschedulableAndUnresolvable', reasons, plugin };
}

/** The plugin has nothing to say about this pod. */
export const skip: Status = { code: 'Skip', reasons: [], plugin: '' };

/** The reasons as one text. */
export function statusMessage(status: Status): string {
  return status.reasons.join(', ');
}

/** The error's text, for messages. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
