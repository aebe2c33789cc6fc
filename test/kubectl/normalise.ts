// Brings a recorded output and one of today into one form: what differs between any two runs becomes a placeholder.

const rules: readonly (readonly [RegExp, string])[] = [
  [/<uid:[^>]*>|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}/g, '<time>'],
  [/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z| [+-]\d{4}( \w+)?)?/g, '<time>'],
  [/containerd:\/\/[0-9a-f]{64}/g, 'containerd://<id>'],
  [/\b10\.96\.\d+\.\d+\b/g, '<svc-ip>'],
  [/\b10\.244\.\d+\.\d+\b/g, '<pod-ip>'],
  // before node ports: the server's own port may look like one
  [/127\.0\.0\.1:\d+/g, '<server>'],
  [/\b3[0-2]\d{3}\b/g, '<nodePort>'],
  [/-x[a-z]p(\d\d)\b/g, '-<p$1>'],
  [/kube-api-access-\w{5}\b/g, 'kube-api-access-<rnd>'],
  [/(Resource Version: +|resourceVersion"?: ")\d+/g, '$1<rv>'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '<tmp>/$1'],
];

/** Ages and durations that stand alone as a cell: 5s, 2m3s, 3m. (10m is a quantity of CPU.) */
const age = /^((\d+m)?\d+s|[2-9]m)$/;

function fold(line: string): string {
  return line
    .trimEnd()
    .split(/ +/)
    .map((word) => (age.test(word) ? '<age>' : /^(-{3,}|={3,})$/.test(word) ? word.slice(0, 3) : word))
    .join(' ');
}

/** The output in the form for comparison. */
export function normalise(text: string): string {
  let shown = text;
  for (const [pattern, placeholder] of rules) shown = shown.replace(pattern, placeholder);
  return shown.split('\n').map(fold).join('\n').trimEnd();
}

/** Fills the placeholders of recorded objects with values that the server takes; normalise() turns them back. */
export class Placeholders {
  private readonly uids: ReadonlyMap<string, string>;
  private readonly pods: readonly string[];
  private addresses = 0;

  /** `uids` by `Kind/name`; `pods` are the recorded pod names in their recorded order, which is kept. */
  constructor(uids: ReadonlyMap<string, string>, pods: readonly string[]) {
    this.uids = uids;
    this.pods = pods;
  }

  private podName(all: string, number: string): string {
    const at = this.pods.findIndex((name) => name.endsWith(all));
    return at < 0 ? all : `x${String.fromCharCode(97 + at)}p${number}`;
  }

  /** A copy of a recorded object that can be sent. */
  fill<T>(recorded: T): T {
    const now = new Date().toISOString();
    const podIP = `10.244.0.${++this.addresses}`;
    const text = JSON.stringify(recorded)
      .replace(/<uid:([^>]*)>/g, (all, key: string) => this.uids.get(key) ?? all)
      .replace(/<p(\d\d)>/g, (all, number: string) => this.podName(all, number))
      .replaceAll('<time>', `${now.slice(0, 19)}Z`)
      .replaceAll('<microtime>', `${now.slice(0, 23)}000Z`)
      .replaceAll('<pod-ip>', podIP)
      .replaceAll('<id>', '0123456789abcdef'.repeat(4))
      .replaceAll('<rnd>', 'abcde')
      .replaceAll('<pem>', '-----BEGIN CERTIFICATE-----');
    return JSON.parse(text) as T;
  }
}
