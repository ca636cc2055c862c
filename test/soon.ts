// Asks again until another process' change has come through, which it is given a second for.

/** The first answer that `holds`, or the last one within a second, for the caller to find wrong. */
export async function soon<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const until = performance.now() + 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || performance.now() > until) return answer;
  }
}
