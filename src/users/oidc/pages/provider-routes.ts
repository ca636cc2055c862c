// The settings pages of a company's providers and e-mail domains.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { statusOf } from '#lib/http/send-problem';
import type { Fault } from '#lib/problem';
import { pageContextOf } from '../../pages/page-context-of.ts';
import {
  addProvider,
  checkDomain,
  editProvider,
  forgetDomain,
  noteDomain,
  providerOf,
  providersAndDomains,
  removeProvider,
  rolesForRules,
  tellable,
} from '../manage-providers.ts';
import { type ProviderKind, presets, providerKinds } from '../provider-kind.ts';
import type { ProviderServices } from '../provider-sign-in.ts';
import { changesOfForm, type ProviderForm, readProviderForm } from './provider-fields.ts';
import { hasIssuerField, providerFormPage } from './provider-form-page.ts';
import { providersPage } from './providers-page.ts';
import { callbackOf } from './sign-in-routes.ts';

const place = '/settings/sign-in/providers/';
const view = { config: { permission: 'users.identity_provider.view' } };
const manage = { config: { permission: 'users.identity_provider.manage' } };

const paramOf = (request: FastifyRequest, name: string) =>
  (request.params as Record<string, string>)[name] ?? '';

function kindOf(request: FastifyRequest): ProviderKind {
  const asked = textParameter(request, 'kind');
  return providerKinds.find((kind) => kind === asked) ?? 'oidc';
}

function emptyForm(kind: ProviderKind): ProviderForm {
  const { name, slug, scopes } = presets[kind];
  const rest = { issuer: '', client_id: '', client_secret: '', enabled: true, rules: new Map() };
  return { kind, name, slug, scopes: scopes.join(' '), ...rest };
}

type Shown = {
  id: string | null;
  form: ProviderForm;
  hasSecret: boolean;
  faults?: readonly Fault[];
  status?: number;
};

async function showForm(
  services: ProviderServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { status = 200, faults = [], ...shown }: Shown,
): Promise<FastifyReply> {
  const { domains } = await providersAndDomains(services, request.tenant);
  const proved = domains.filter(({ verified_at }) => verified_at !== null).map(({ domain }) => domain);
  const roles = await rolesForRules(services, request.tenant);
  const callback = callbackOf(request, shown.form.slug);
  const page = providerFormPage(pageContextOf(request), {
    ...shown,
    faults,
    domains: proved,
    roles,
    callback,
  });
  return await sendPage(reply, page, status);
}

function newRoutes(app: FastifyInstance, services: ProviderServices): void {
  app.get(`${place}new/`, manage, (request, reply) =>
    showForm(services, request, reply, { id: null, form: emptyForm(kindOf(request)), hasSecret: false }),
  );

  app.post(`${place}new/`, manage, async (request, reply) => {
    const form = readProviderForm(request.body, kindOf(request));
    const { kind, slug, issuer } = form;
    try {
      const own = { kind, slug, ...(hasIssuerField(kind) && { issuer }) };
      await addProvider(services, request, { ...changesOfForm(form), ...own });
      return await reply.redirect(place, 303);
    } catch (error) {
      const { errors: faults } = tellable(error);
      return await showForm(services, request, reply, {
        id: null,
        form,
        hasSecret: false,
        faults,
        status: 422,
      });
    }
  });
}

function editRoutes(app: FastifyInstance, services: ProviderServices): void {
  const storedOf = async (request: FastifyRequest) => {
    const { id, kind, slug, name, issuer, clientId, hasSecret, scopes, enabled, rules } = await providerOf(
      services,
      request,
      paramOf(request, 'id'),
    );
    const form: ProviderForm = {
      ...{
        kind,
        slug,
        name,
        issuer,
        client_id: clientId,
        client_secret: '',
        scopes: scopes.join(' '),
        enabled,
      },
      rules: new Map(rules.map(({ domain, role }) => [domain, role])),
    };
    return { id, form, hasSecret };
  };

  app.get(`${place}:id/edit/`, manage, async (request, reply) =>
    showForm(services, request, reply, await storedOf(request)),
  );

  app.post(`${place}:id/edit/`, manage, async (request, reply) => {
    const stored = await storedOf(request);
    const { kind, slug, issuer } = stored.form;
    const form = { ...readProviderForm(request.body, kind), slug, issuer };
    try {
      const { tenant, actor } = request;
      await editProvider(services, { tenant, actor, id: stored.id }, changesOfForm(form));
      return await reply.redirect(place, 303);
    } catch (error) {
      const { errors: faults } = tellable(error);
      return await showForm(services, request, reply, { ...stored, form, faults, status: 422 });
    }
  });

  app.post(`${place}:id/removal/`, manage, async (request, reply) => {
    const { tenant, actor } = request;
    await removeProvider(services, { tenant, actor, id: paramOf(request, 'id') });
    return await reply.redirect(place, 303);
  });
}

function domainRoutes(app: FastifyInstance, services: ProviderServices): void {
  const doing =
    (work: (request: FastifyRequest, domain: string) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const keyed = (request.body as { domain?: unknown } | undefined)?.domain;
      const domain = paramOf(request, 'domain') || (typeof keyed === 'string' ? keyed : '');
      try {
        await work(request, domain);
        return await reply.redirect(place, 303);
      } catch (error) {
        const problem = tellable(error);
        const listed = await providersAndDomains(services, request.tenant);
        const page = providersPage(pageContextOf(request), {
          ...listed,
          fault: problem.detail,
          keyed: domain,
        });
        return await sendPage(reply, page, statusOf(problem));
      }
    };
  const domains = '/settings/sign-in/domains/';
  app.post(
    domains,
    manage,
    doing((request, domain) => noteDomain(services, request, domain)),
  );
  app.post(
    `${domains}:domain/verification/`,
    manage,
    doing((request, domain) => checkDomain(services, request, domain)),
  );
  app.post(
    `${domains}:domain/removal/`,
    manage,
    doing((request, domain) => forgetDomain(services, request, domain)),
  );
}

/** /settings/sign-in/providers/ and /settings/sign-in/domains/. */
export function providerRoutes(app: FastifyInstance, services: ProviderServices): void {
  app.get(place, view, async (request, reply) => {
    const page = providersPage(pageContextOf(request), await providersAndDomains(services, request.tenant));
    return await sendPage(reply, page);
  });
  newRoutes(app, services);
  editRoutes(app, services);
  domainRoutes(app, services);
}
