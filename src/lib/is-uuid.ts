// Tells ids from whatever else somebody sends, so that the database is not asked for what it cannot read.

/** Whether a text is a UUID. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
