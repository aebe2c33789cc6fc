// The unified diff of two values that the text of a refused update shows, with three lines of context.
// Upstream: k8s.io/apimachinery/pkg/util/diff over github.com/pmezard/go-difflib, a port of Python's difflib: the longest
// match first, lines that are too frequent left out of the search, adjacent changes grouped.

import { goJson } from '../api/go-text.ts';
import { writeJson } from '../api/long-integers.ts';

interface Match {
  a: number;
  b: number;
  size: number;
}

interface Change {
  tag: '=' | '-' | '+' | 'x';
  a1: number;
  a2: number;
  b1: number;
  b2: number;
}

function lines(value: unknown): string[] {
  // JSON.stringify indents as Go does, except that Go escapes <, > and & and keeps [] and {} on one line, as we do too.
  const text = writeJson(value, 1) ?? 'null';
  return text.split('\n').map((line) => line.replace(/[<>&\u2028\u2029]/g, (ch) => goJson(ch).slice(1, -1)));
}

function positionsOf(b: readonly string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  b.forEach((line, i) => {
    const list = positions.get(line);
    if (list) list.push(i);
    else positions.set(line, [i]);
  });
  if (b.length >= 200) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [line, list] of positions) if (list.length > most) positions.delete(line);
  }
  return positions;
}

function findMatches(a: readonly string[], b: readonly string[]): Match[] {
  const positions = positionsOf(b);

  const longest = (alo: number, ahi: number, blo: number, bhi: number): Match => {
    const best: Match = { a: alo, b: blo, size: 0 };
    let lengths = new Map<number, number>();
    for (let i = alo; i < ahi; i++) {
      const next = new Map<number, number>();
      for (const j of positions.get(a[i]!) ?? []) {
        if (j < blo) continue;
        if (j >= bhi) break;
        const size = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, size);
        if (size > best.size) Object.assign(best, { a: i - size + 1, b: j - size + 1, size });
      }
      lengths = next;
    }
    while (best.a > alo && best.b > blo && a[best.a - 1] === b[best.b - 1]) {
      best.a--;
      best.b--;
      best.size++;
    }
    while (
      best.a + best.size < ahi &&
      best.b + best.size < bhi &&
      a[best.a + best.size] === b[best.b + best.size]
    )
      best.size++;
    return best;
  };

  const matches: Match[] = [];
  const search = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const match = longest(alo, ahi, blo, bhi);
    if (match.size === 0) return;
    if (alo < match.a && blo < match.b) search(alo, match.a, blo, match.b);
    matches.push(match);
    if (match.a + match.size < ahi && match.b + match.size < bhi)
      search(match.a + match.size, ahi, match.b + match.size, bhi);
  };
  search(0, a.length, 0, b.length);

  const joined: Match[] = [];
  for (const match of matches) {
    const last = joined.at(-1);
    if (last && last.a + last.size === match.a && last.b + last.size === match.b) last.size += match.size;
    else joined.push({ ...match });
  }
  joined.push({ a: a.length, b: b.length, size: 0 });
  return joined;
}

function changesOf(matches: readonly Match[]): Change[] {
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  for (const { a, b, size } of matches) {
    const tag = i < a ? (j < b ? 'x' : '-') : j < b ? '+' : undefined;
    if (tag) changes.push({ tag, a1: i, a2: a, b1: j, b2: b });
    i = a + size;
    j = b + size;
    if (size > 0) changes.push({ tag: '=', a1: a, a2: i, b1: b, b2: j });
  }
  return changes;
}

const context = 3;

function groupsOf(changes: Change[]): Change[][] {
  const groups: Change[][] = [];
  let group: Change[] = [];
  changes.forEach((change, at) => {
    let { a1, a2, b1, b2 } = change;
    if (change.tag !== '=') {
      group.push(change);
      return;
    }
    if (at === 0) {
      a1 = Math.max(a1, a2 - context);
      b1 = Math.max(b1, b2 - context);
    }
    if (at === changes.length - 1) {
      a2 = Math.min(a2, a1 + context);
      b2 = Math.min(b2, b1 + context);
    } else if (at > 0 && a2 - a1 > context * 2) {
      group.push({ tag: '=', a1, a2: Math.min(a2, a1 + context), b1, b2: Math.min(b2, b1 + context) });
      groups.push(group);
      group = [];
      a1 = Math.max(a1, a2 - context);
      b1 = Math.max(b1, b2 - context);
    }
    group.push({ tag: '=', a1, a2, b1, b2 });
  });
  if (group.some((change) => change.tag !== '=')) groups.push(group);
  return groups;
}

function range(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return `${from + 1}`;
  return `${length === 0 ? from : from + 1},${length}`;
}

/** The diff of the values' JSON, indented by one space. */
export function diffText(before: unknown, after: unknown): string {
  const a = lines(before);
  const b = lines(after);
  let text = '';
  for (const group of groupsOf(changesOf(findMatches(a, b)))) {
    const first = group[0]!;
    const last = group.at(-1)!;
    text += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`;
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === '=') for (const line of a.slice(a1, a2)) text += ` ${line}\n`;
      if (tag === '-' || tag === 'x') for (const line of a.slice(a1, a2)) text += `-${line}\n`;
      if (tag === '+' || tag === 'x') for (const line of b.slice(b1, b2)) text += `+${line}\n`;
    }
  }
  return text;
}
