// Turns what a person searches for into a LIKE pattern in which only our own wildcards count.

/** The pattern of texts that contain `search`, trimmed; null for a blank one, which filters nothing. */
export function patternContaining(search: string | undefined): string | null {
  const wanted = search?.trim();
  return wanted ? `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
}
