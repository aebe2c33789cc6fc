// The tests of the numbered guarantees in storage.ts. Every back end runs them, and the watch cache dressed as a storage.
import { acknowledgementContract } from './contract/acknowledgement.ts';
import { compactionContract } from './contract/compaction.ts';
import { compareAndSetContract } from './contract/compare-and-set.ts';
import { failureContract } from './contract/failure.ts';
import { listsContract } from './contract/lists.ts';
import { orderContract } from './contract/order.ts';
import { revisionsContract } from './contract/revisions.ts';
import { type ContractCapabilities, type ContractStore, subjectOf } from './contract/subject.ts';
import { watchesContract } from './contract/watches.ts';
import type { Storage } from './storage.ts';

/** Runs the contract. `open` is called with a place of its own for each test. */
export function storageContract(
  name: string,
  open: (store: ContractStore) => Promise<Storage>,
  capabilities: ContractCapabilities,
): void {
  const subject = subjectOf(name, open, capabilities);
  revisionsContract(subject);
  compareAndSetContract(subject);
  listsContract(subject);
  watchesContract(subject);
  compactionContract(subject);
  acknowledgementContract(subject);
  failureContract(subject);
  orderContract(subject);
}
