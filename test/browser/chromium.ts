// Gets the tests a real Chromium: Debian's where it is installed, else the one inside the npm package.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const installed = '/usr/bin/chromium';

// The package unpacks into the folder of temporary files, where a stranger could have laid another program.
async function unpack(folder: string): Promise<string> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** Launches a headless Chromium that knows every *.localhost; call `close()` in an `after` hook. */
export async function launchChromium(): Promise<{ browser: Browser; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'himalytix-browser-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const browser = await chromium.launch({
      executablePath: existsSync(installed) ? installed : await unpack(folder),
      args: [
        '--no-sandbox', // It refuses to run as root with one, and sees no page but ours.
        '--disable-gpu',
        '--disable-background-networking',
        '--host-resolver-rules=MAP *.localhost 127.0.0.1',
      ],
    });
    const close = async () => {
      await browser.close();
      await remove();
    };
    return { browser, close };
  } catch (cause) {
    await remove();
    throw new Error('Chromium does not start; on Debian it needs libnss3, libnspr4 and libexpat1', { cause });
  }
}
