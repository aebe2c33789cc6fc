// Reads the pods of a namespace from the API server, once for all who ask while a reading is under way: a thousand claims that
// are deleted together do not list ten thousand pods a thousand times.
// Upstream: LazyLivePodList in pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
import type { Pod } from '#types/core_v1';

type List = (namespace: string) => Promise<readonly Pod[]>;

interface Reading {
  readonly running: Promise<readonly Pod[]>;
  /** Begins when `running` has ended. */
  next: Promise<readonly Pod[]> | undefined;
}

/** See the head of this file. */
export class LivePods {
  private readonly list: List;
  private readonly readings = new Map<string, Reading>();

  constructor(list: List) {
    this.list = list;
  }

  /** The pods of a namespace as they are after this call; one that began before it would not do. Rejects with what `list` does. */
  read(namespace: string): Promise<readonly Pod[]> {
    const reading = this.readings.get(namespace);
    if (reading === undefined) return this.begin(namespace);
    const begin = (): Promise<readonly Pod[]> => this.begin(namespace);
    reading.next ??= reading.running.then(begin, begin);
    return reading.next;
  }

  private begin(namespace: string): Promise<readonly Pod[]> {
    const running = this.list(namespace);
    const reading: Reading = { running, next: undefined };
    this.readings.set(namespace, reading);
    const end = (): void => {
      if (reading.next === undefined) this.readings.delete(namespace);
    };
    running.then(end, end);
    return running;
  }
}
