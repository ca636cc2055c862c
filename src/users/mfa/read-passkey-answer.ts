// Reads what a browser says of a passkey, which anybody may have written instead.
import { Problem } from '#lib/problem';

/** The answer's fields that are looked at before its signature is; the rest is the library's to check. */
export type PasskeyAnswer = { id: string; rawId: string; type: string; response: Record<string, unknown> };

/** More than any key says of itself. */
const MOST_CHARACTERS = 20_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON of a form's field as an answer. Throws a malformed Problem for anything else. */
export function readPasskeyAnswer(text: string): PasskeyAnswer {
  const answer = text.length <= MOST_CHARACTERS ? parse(text) : null;
  const isAnswer =
    isObject(answer) &&
    [answer.id, answer.rawId, answer.type].every((field) => typeof field === 'string') &&
    isObject(answer.response) &&
    Object.entries(answer.response).every(
      ([name, field]) => name === 'transports' || field === undefined || typeof field !== 'object',
    );
  if (!isAnswer)
    throw new Problem('malformed', 'users/passkey-unreadable', 'the passkey’s answer cannot be read');
  return { ...answer, clientExtensionResults: {} } as unknown as PasskeyAnswer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
