// What somebody may do in a company beyond their role's name, as data that the rooms hand to each other.

/** What a room asks for on its routes. `name` is room.thing.act; `title` finishes the sentence "may …". */
export type Permission = { name: string; title: string };

/**
 * A member's own part of their access. `own` are the permissions of a role that the company made itself, null of a built-in one;
 * `granted` and `denied` come on top, and a denial wins. Limits are decimal strings in the company's currency, null for none;
 * `branches` are codes of the dimension `branch`, null for all.
 */
export type Access = {
  own: readonly string[] | null;
  granted: readonly string[];
  denied: readonly string[];
  postLimit: string | null;
  approveLimit: string | null;
  branches: readonly string[] | null;
};

/** The access of a member of a built-in role of whom nothing else was said. */
export const plainAccess: Access = Object.freeze({
  own: null,
  granted: [],
  denied: [],
  postLimit: null,
  approveLimit: null,
  branches: null,
});
