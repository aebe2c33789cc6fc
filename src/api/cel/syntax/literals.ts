// The values of literal tokens. Upstream: cel-go parser/parser.go (VisitInt and its neighbours).
import { Uint, type Value } from '../values/value.ts';
import type { Token } from './tokens.ts';
import { UnescapeError, unescapeBytes, unescapeString } from './unescape.ts';

const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

interface Parsed {
  readonly value: Value;
  /** What is wrong with it. */
  readonly message?: string;
}

function bad(message: string): Parsed {
  return { value: null, message };
}

function parseInt64(text: string, isNegative: boolean): Parsed {
  const value = isNegative ? -BigInt(text) : BigInt(text);
  return value > maxInt || value < -maxInt - 1n ? bad('invalid int literal') : { value };
}

function parseUint64(text: string): Parsed {
  const value = BigInt(text.slice(0, -1));
  return value > maxUint ? bad('invalid uint literal') : { value: new Uint(value) };
}

function parseDouble(text: string, isNegative: boolean): Parsed {
  const value = Number(text);
  return Number.isFinite(value) ? { value: isNegative ? -value : value } : bad('invalid double literal');
}

/** The value of a literal token. */
export function parseLiteral(token: Token, isNegative: boolean): Parsed {
  try {
    switch (token.kind) {
      case 'NUM_INT':
        return parseInt64(token.text, isNegative);
      case 'NUM_UINT':
        return parseUint64(token.text);
      case 'NUM_FLOAT':
        return parseDouble(token.text, isNegative);
      case 'STRING':
        return { value: unescapeString(token.text) };
      case 'BYTES':
        return { value: unescapeBytes(token.text) };
      case 'true':
        return { value: true };
      case 'false':
        return { value: false };
      default:
        return { value: null };
    }
  } catch (error) {
    if (error instanceof UnescapeError) return bad(error.message);
    throw error;
  }
}
