/** The style of a report: light and dark by the reader's choice, no file beside it. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1f2328, #e6e8eb);
  --muted: light-dark(#59636e, #9aa4af);
  --page: light-dark(#ffffff, #14171b);
  --panel: light-dark(#f5f7f9, #1d2126);
  --rule: light-dark(#d9dee3, #333a42);
  --accent: light-dark(#1f6fb8, #6fb1ea);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 3rem 1.5rem 5rem;
  max-width: 64rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 3.5rem 0 1rem; font-size: 1.3rem; }
p { max-width: 46rem; }
.lead { margin: 0.5rem 0 2rem; color: var(--muted); }
.note { border-left: 3px solid var(--accent); padding-left: 1rem; }
.numbers {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr));
  gap: 1rem;
  margin: 0;
}
.numbers > div { padding: 1.1rem 1.25rem; border-radius: 0.6rem; background: var(--panel); }
.numbers dt { font-weight: 600; }
.numbers dd { margin: 0; }
.value { font-size: 1.9rem; font-variant-numeric: tabular-nums; line-height: 1.35; }
.unit { color: var(--muted); font-size: 0.9rem; }
.meaning { color: var(--muted); font-size: 0.9rem; line-height: 1.5; }
.unit-note { margin: -0.6rem 0 0.8rem; color: var(--muted); font-size: 0.93rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.93rem; }
th, td { padding: 0.35rem 1.4rem 0.35rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--rule); vertical-align: bottom; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody th { font-weight: 400; color: var(--muted); }
td { overflow-wrap: anywhere; }
.epochs th, .epochs td {
  text-align: right;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.settings {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
  gap: 1.5rem 3rem;
  align-items: start;
}
.settings caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
.settings table { width: 100%; }
.settings tbody th { white-space: nowrap; }
.settings td { width: 99%; }
figure { margin: 0 0 2.5rem; }
figure img {
  display: block;
  max-width: 100%;
  height: auto;
  border-radius: 0.6rem;
  border: 1px solid var(--rule);
  background: white;
}
figcaption { margin-top: 0.7rem; max-width: 46rem; color: var(--muted); font-size: 0.93rem; }
figcaption strong { color: var(--text); }
pre {
  padding: 1rem 1.25rem;
  border-radius: 0.6rem;
  background: var(--panel);
  font: 0.9rem/1.6 ui-monospace, "DejaVu Sans Mono", monospace;
  white-space: pre;
  overflow-x: auto;
}
summary { cursor: pointer; color: var(--accent); margin-bottom: 0.8rem; }
@media print { body { padding: 0; } pre { white-space: pre-wrap; } figure { break-inside: avoid; } }
`.trim();
