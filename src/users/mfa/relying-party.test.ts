// Holds the domain of passkeys to what browsers take, and companies with their own domain apart from the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relyingPartyId } from './relying-party.ts';

test('companies below the program’s domain share its passkeys, others have their own', () => {
  const cases: [string, string, string][] = [
    ['acme.erp.example.com', 'erp.example.com', 'erp.example.com'],
    ['ACME.Erp.Example.com.', 'erp.example.com', 'erp.example.com'],
    ['books.acme.test', 'erp.example.com', 'books.acme.test'],
    ['evil-erp.example.com', 'erp.example.com', 'evil-erp.example.com'],
    ['acme.localhost', 'localhost', 'acme.localhost'],
    ['localhost', 'localhost', 'localhost'],
    ['acme.127.0.0.1', '127.0.0.1', 'acme.127.0.0.1'],
  ];
  for (const [host, base, id] of cases) assert.equal(relyingPartyId(host, base), id, host);
});
