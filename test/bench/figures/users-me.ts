// What a request costs beyond HTTP itself: company, token, membership, limits, security headers.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Benchmark, byTurns } from '../figure.ts';
import type { BenchCompany } from '../house.ts';
import { httpLoad } from '../http-load.ts';

const emptyServer = fileURLToPath(new URL('../empty-server.ts', import.meta.url));

/**
 * `users-me`: GET /users/me/ with one token against an empty route of the same framework. Who asks is remembered as always, that
 * is for half a second, and all limits are counted.
 */
export const usersMe: Benchmark = async (house) => {
  const [company] = (await house.companies(1)) as [BenchCompany];
  const port = await house.port();
  const child = fork(emptyServer, { execArgv: ['--max-semi-space-size=16'] });
  const [emptyPort] = (await once(child, 'message')) as [number];
  const times = { connections: 64, warmUp: house.small ? 1 : 2, seconds: 4 };
  const get = async (to: number, path: string, tokens: string[]) =>
    (await httpLoad({ port: to, request: { kind: 'get', path }, tokens, ...times })).perSecond;
  const [baseline, value] = await byTurns(
    house.small ? 1 : 3,
    () => get(emptyPort, '/', []),
    async () => get(port, '/api/v1/users/me/', [await house.accessOf(company)]),
  );
  child.disconnect();
  const note = '64 connections; baseline: an empty route of Fastify';
  return [
    {
      name: 'users-me',
      value,
      unit: 'requests/s',
      baseline,
      ratio: value / baseline,
      goal: '≥ 0.6',
      note,
    },
  ];
};
