/**
 * Quotes a word so that a shell reads it as one.
 *
 * @param word Any text.
 * @returns The word itself where nothing in it is special.
 */
export function shellWord(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
