// What plugins keep between their steps for one pod. Upstream: pkg/scheduler/framework/cycle_state.go.

/** Data that plugins change while they simulate; a simulation works on a copy. Other data never changes after it was set. */
export interface ChangingData {
  copy(): object;
}

/** Names a piece of data and carries its type. */
export interface StateKey<T extends object> {
  readonly name: string;
  /** Never set: carries the type. */
  readonly data?: T;
}

/** Declares a piece of data. */
export function stateKey<T extends object>(name: string): StateKey<T> {
  return { name };
}

/** The data of one scheduling cycle. */
export class CycleState {
  private readonly data = new Map<string, object>();
  /** Plugins whose PreFilter had nothing to say: their Filter is left out. */
  skippedFilters: ReadonlySet<string> = new Set();
  /** Plugins whose PreScore had nothing to say: their Score is left out. */
  skippedScores: ReadonlySet<string> = new Set();

  get<T extends object>(key: StateKey<T>): T | undefined {
    return this.data.get(key.name) as T | undefined;
  }

  set<T extends object>(key: StateKey<T>, value: T): void {
    this.data.set(key.name, value);
  }

  /** A copy for a simulation. */
  copy(): CycleState {
    const copy = new CycleState();
    for (const [name, value] of this.data)
      copy.data.set(name, (value as Partial<ChangingData>).copy?.() ?? value);
    copy.skippedFilters = this.skippedFilters;
    copy.skippedScores = this.skippedScores;
    return copy;
  }
}
