// The document of one version alone, for those who make a client from it.
import type { ApiVersion } from '../versions/version.ts';
import type { OpenApi } from './finish-document.ts';

const REFERENCE = /"#\/components\/(\w+)\/([^"]+)"/g;

/** Leaves out of the components what nothing refers to any more. */
function withoutUnused(document: OpenApi): OpenApi {
  const used = new Set<string>();
  const waiting: unknown[] = [document.paths];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [, kind = '', name = ''] of JSON.stringify(next).matchAll(REFERENCE)) {
      const component = document.components[kind]?.[name];
      if (component === undefined || used.has(`${kind}/${name}`)) continue;
      used.add(`${kind}/${name}`);
      waiting.push(component);
    }
  }
  const kinds = Object.entries(document.components).map(([kind, all]) => {
    if (kind === 'securitySchemes') return [kind, all];
    return [kind, Object.fromEntries(Object.entries(all).filter(([name]) => used.has(`${kind}/${name}`)))];
  });
  return { ...document, components: Object.fromEntries(kinds) as OpenApi['components'] };
}

/** The part of the whole document that is below a version's root. */
export function documentOfVersion(document: OpenApi, { root, number }: ApiVersion): OpenApi {
  const own = Object.entries(document.paths).filter(([path]) => path.startsWith(`${root}/`));
  const info = { ...(document.info as object), title: `Himalytix API v${number}`, version: `${number}.0.0` };
  return withoutUnused({ ...document, info, paths: Object.fromEntries(own) });
}
