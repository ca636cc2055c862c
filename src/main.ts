// One program, one switch: each verb of the command line is a way to run it.

import { runCommand } from '#commands';
import { buildApp, permissions } from './app.ts';

await runCommand(process.argv, { buildApp, permissions });
