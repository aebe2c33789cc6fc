import { storageContract } from '../contract.ts';
import { openMemoryStorage } from './memory.ts';

storageContract('memory', async ({ window }) => openMemoryStorage({ window }), {
  durable: false,
  spansResources: true,
  endsSlowWatches: true,
});
