// The whole program for calling all of its routes, with a name server in the place of the world's.
import type { FastifyInstance } from 'fastify';
import { type TestApi, type TestHouse, testApiOf, testConfig } from '#test/company';
import { type DnsRecords, openTestDns } from '#test/dns-server';
import { buildApp } from '../../src/app.ts';

/** `records` are what the program finds in the DNS. */
export type RoutesApi = TestApi & { records: Map<string, DnsRecords> };

/** Builds it over a database; `prepare` is told of it before it starts. */
export async function openRoutesApi(
  { db }: TestHouse,
  prepare?: (app: FastifyInstance) => void,
): Promise<RoutesApi> {
  const records = new Map<string, DnsRecords>();
  const { resolver, close } = await openTestDns(records);
  // A walk knocks at the doors more often than any one address may.
  const config = testConfig({ HIMALYTIX_RATE_LIMITS: 'sign-in=off,reset=off' });
  const app = await buildApp(config, db, { resolveTxt: (name) => resolver.resolveTxt(name) });
  app.addHook('onClose', close);
  return { ...(await testApiOf(db, app, prepare)), records };
}
