// Knows the passwords that guessers try first: those that leaks have shown most often, and what people do to disguise them.

let known: Promise<Set<string>> | undefined;

/** The list is read when it is first asked for, as it is large and most processes never do. */
async function readList(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'] as string[]);
}

const disguises: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const undisguised = (text: string) => text.replace(/[013457@$!]/g, (sign) => disguises[sign] ?? sign);

/** What a password is made from: a repeated text once, and without the digits and signs that were put around a word. */
function kernelsOf(password: string): string[] {
  const lower = password.toLowerCase();
  const once = /^(.+?)\1+$/.exec(lower)?.[1] ?? lower;
  const bare = (text: string) => text.replace(/^[^a-z]+|[^a-z]+$/g, '');
  return [lower, once, bare(once), bare(undisguised(once)), undisguised(once)];
}

/** Whether each sign follows the one before it in the order of letters or digits, up or down, or repeats it. */
function isSequence(text: string): boolean {
  const codes = [...text].map((sign) => sign.codePointAt(0) ?? 0);
  return [-1, 0, 1].some((step) =>
    codes.every(
      (code, index) =>
        index === 0 || code - (codes[index - 1] ?? 0) === step || (code === 48 && codes[index - 1] === 57),
    ),
  );
}

/** Whether a password is on the list of common ones, is one of them in disguise, a short text repeated, or a plain sequence. */
export async function isCommonPassword(password: string): Promise<boolean> {
  known ??= readList();
  const list = await known;
  const repeated = /^(.{1,4})\1+$/.test(password.toLowerCase());
  return (
    repeated || isSequence(password.toLowerCase()) || kernelsOf(password).some((kernel) => list.has(kernel))
  );
}
