import { describe, expect, it } from 'vitest';
import { decodeTyped, normalize } from './decode.ts';
import { copyAsSent, dropMember, hasSentEmpty, memberAsSent } from './sent-empty.ts';

const secrets = 'core/v1.ServiceAccount';

function sent(): object {
  return decodeTyped(secrets, { metadata: {}, secrets: [], imagePullSecrets: [{ name: 'a' }] });
}

describe('an empty list that was sent', () => {
  it('is no member of the object, and is known', () => {
    expect(sent()).not.toHaveProperty('secrets');
    expect(memberAsSent(sent(), 'secrets')).toEqual([]);
    expect(memberAsSent(sent(), 'imagePullSecrets')).toEqual([{ name: 'a' }]);
    expect(memberAsSent(sent(), 'automountServiceAccountToken')).toBeUndefined();
  });

  it('is known of copies that are made for it, and of no others', () => {
    expect(memberAsSent(copyAsSent(sent()), 'secrets')).toEqual([]);
    expect(hasSentEmpty({ ...sent() })).toBe(false);
  });

  it('is forgotten with its member, and in what is stored', () => {
    const object = sent() as { secrets?: unknown };
    dropMember(object, 'secrets');
    expect(memberAsSent(object, 'secrets')).toBeUndefined();
    expect(hasSentEmpty(normalize(secrets, sent()))).toBe(false);
  });
});
