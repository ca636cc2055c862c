// How long an access token lasts, which those who rotate the keys have to know as well.

/** Ten minutes: the time for which a program need not ask again. */
export const ACCESS_SECONDS = 600;
