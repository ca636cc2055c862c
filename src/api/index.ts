// The door of the API: JSON only, versioned, described by its own schema.
export { registerApi } from './register-api.ts';
