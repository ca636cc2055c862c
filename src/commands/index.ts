// The door of the commands: the verbs of bin/himalytix.
export { runCommand } from './run-command.ts';
