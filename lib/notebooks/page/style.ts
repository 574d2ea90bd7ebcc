/** The style of a page: readable on a phone, on paper and in the dark. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --quiet: #59636e;
  --line: #d1d9e0; --code: #f6f8fa; --link: #0550ae; --word: #cf222e; --text: #0a3069;
  --name: #6639ba; --number: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117;
  --quiet: #9198a1; --line: #3d444d; --code: #151b23; --link: #79c0ff; --word: #ff7b72;
  --text: #a5d6ff; --name: #d2a8ff; --number: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper);
  font: 17px/1.6 Georgia, "Noto Serif", "Noto Serif TC", serif; }
main { max-width: 48rem; margin: 0 auto; padding: 2rem 1rem 5rem; }
h1, h2, h3, h4, table, summary { font-family: system-ui, "Segoe UI", Roboto,
  "Noto Sans", "Noto Sans TC", sans-serif; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 0.6em; }
h1 { margin-top: 0; font-size: 2rem; }
a { color: var(--link); }
img { max-width: 100%; height: auto; }
.output img { background: #ffffff; }
pre { overflow-x: auto; margin: 0; padding: 0.7rem 0.9rem; }
code, pre { font: 0.82rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas,
  "DejaVu Sans Mono", monospace; }
p code, li code, td code { background: var(--code); padding: 0.1em 0.3em;
  border-radius: 3px; }
.code { margin: 1.2rem 0 0; background: var(--code); border: 1px solid var(--line);
  border-radius: 6px; }
.outputs { margin: 0 0 1.4rem; padding: 0.4rem 0 0 0.9rem;
  border-left: 2px solid var(--line); }
.output { margin: 0.5rem 0; overflow-x: auto; }
.output pre { padding: 0; }
.stderr, .error { color: var(--word); }
table { border-collapse: collapse; font-size: 0.85rem; margin: 0.6rem 0; }
.output p { margin: 0.4rem 0; }
.ledger { margin-top: -0.6rem; text-align: right; font-size: 0.8rem; color: var(--quiet); }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); }
.output table { font-size: 0.8rem; }
.output th, .output td { padding: 0.25rem 0.45rem; }
.output td { white-space: nowrap; }
.output td:first-child { white-space: normal; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line);
  color: var(--quiet); }
details { margin: 0.8rem 0; padding: 0.5rem 0.9rem; border: 1px solid var(--line);
  border-radius: 6px; }
summary { cursor: pointer; font-weight: 600; }
progress { width: 12rem; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 0.2rem 0; }
.hljs-keyword, .hljs-literal { color: var(--word); }
.hljs-string, .hljs-regexp, .hljs-subst { color: var(--text); }
.hljs-number, .hljs-built_in { color: var(--number); }
.hljs-comment { color: var(--quiet); font-style: italic; }
.hljs-title, .hljs-type { color: var(--name); }
@media print { body { font-size: 11pt; } .code, .output { break-inside: avoid; } }
`;
