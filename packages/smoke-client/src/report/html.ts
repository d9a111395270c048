import { xmlText } from "@servable/diagnostics/render";
import { smokeChecks } from "../checks/index.ts";
import type { CheckResult, SmokeReport } from "../smoke-options.ts";
import { subject } from "./subject.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --pass: #1a7f37; --fail: #cf222e; --skip: #9a6700; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; }
code, td.about { font-family: ui-monospace, monospace; font-size: .9em; }
.proves, .skip td { opacity: .75; } table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--line); padding: .35rem .6rem; vertical-align: top; overflow-wrap: anywhere; }
td.mark { width: 3.5rem; font-weight: 600; } td.time { text-align: right; white-space: nowrap; opacity: .6; }
.pass .mark { color: var(--pass); } .fail .mark { color: var(--fail); } .skip .mark { color: var(--skip); }
.sum b { margin-right: 1.2rem; } .help { margin: .2rem 0 0; border-left: 3px solid var(--fail); padding-left: .6rem; }
`;

function row(result: CheckResult): string {
  const help = result.help === undefined ? "" : `<p class="help">${xmlText(result.help)}</p>`;
  return `<tr class="${result.outcome}"><td class="mark">${result.outcome}</td><td class="about">${xmlText(subject(result))}</td><td>${xmlText(result.message)}${help}</td><td class="time">${result.durationMs.toFixed(1)} ms</td></tr>`;
}

/** One page that needs nothing else: no scripts, no links to other files. Every text goes through \`xmlText\`. */
export function renderSmokeHtml(report: SmokeReport): string {
  const { passed, failed, skipped, durationMs } = report.summary;
  const targets = [report.target.grpc, report.target.rest].filter((target) => target !== null);
  const verdict = !report.reachable ? "no server reached" : failed === 0 ? "passed" : `${failed} failed`;
  const sections = smokeChecks.flatMap((check) => {
    const results = report.checks.filter((result) => result.id === check.id);
    if (results.length === 0) return [];
    return [
      `<section><h2>${xmlText(check.title)} <code>${xmlText(check.id)}</code></h2><p class="proves">Proves that ${xmlText(check.proves)}.</p>`,
      `<table>${results.map(row).join("\n")}</table></section>`,
    ];
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xmlText(`smoke: ${verdict}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Smoke test of ${xmlText(targets.join(" and "))}: ${xmlText(verdict)}</h1>
<p class="sum"><b>${passed} passed</b><b>${failed} failed</b><b>${skipped} skipped</b> ${(durationMs / 1000).toFixed(1)} s</p>
${sections.join("\n")}
</body>
</html>
`;
}
