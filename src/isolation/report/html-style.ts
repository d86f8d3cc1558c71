/** The looks of the HTML report: no fonts, images or scripts from anywhere. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --critical: #b00020; --high: #c2410c;
  --medium: #a16207; --low: #475569; --good: #15803d; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { margin: 2.2rem 0 .6rem; font-size: 1.25rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
.conclusion { font-size: 1.1rem; } .meaning, .key { color: var(--quiet); } .key { font: 12px monospace; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: var(--quiet); } dd { margin: 0; }
.tally { display: flex; gap: .8rem; list-style: none; padding: 0; flex-wrap: wrap; }
.tally li { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .9rem; }
article { border: 1px solid var(--line); border-left: 4px solid var(--low); border-radius: .3rem; padding: .7rem 1rem; margin: .7rem 0; break-inside: avoid; }
article.critical { border-left-color: var(--critical); } article.high { border-left-color: var(--high); }
article.medium { border-left-color: var(--medium); }
.badge { font-size: .72rem; text-transform: uppercase; letter-spacing: .04em; }
.critical .badge, .tally .critical b, td.open { color: var(--critical); } .high .badge, .tally .high b { color: var(--high); }
.medium .badge, .tally .medium b, td.unproven { color: var(--medium); } td.holds { color: var(--good); }
td.open { font-weight: 700; }
pre { background: #8881; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; border-radius: .3rem; margin: .5rem 0 0; }
table { border-collapse: collapse; font-size: 13px; width: 100%; } .wide { overflow-x: auto; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody th { font-weight: 500; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } thead { display: table-header-group; } tr { break-inside: avoid; } .wide { overflow: visible; } }
`;
