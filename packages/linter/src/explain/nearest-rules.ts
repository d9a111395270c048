import { editDistance, type RuleMeta } from "@servable/diagnostics";

/** Up to five rules whose ids are like the text, or hold all its words. */
export function nearestRules(text: string, rules: readonly RuleMeta[]): RuleMeta[] {
  const wanted = text.toLowerCase();
  // Nobody types more than this to name a rule.
  if (wanted.length < 3 || wanted.length > 200) return [];
  const words = wanted.split(/[^a-z0-9]+/).filter((word) => word.length > 1);
  const scored = rules.flatMap((rule) => {
    // A short word is near to every short name: no more than a third of it may differ.
    const limit = Math.min(Math.max(2, Math.floor(rule.id.length / 4)), Math.floor(wanted.length / 3));
    const name = rule.id.slice(rule.id.indexOf("/") + 1);
    const distance = Math.min(editDistance(wanted, rule.id, limit), editDistance(wanted, name, limit));
    if (distance <= limit) return [{ rule, score: distance }];
    const about = `${rule.id} ${rule.summary}`.toLowerCase();
    const held = words.filter((word) => about.includes(word)).length;
    return words.length > 0 && held === words.length ? [{ rule, score: limit + rule.id.length / 100 }] : [];
  });
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, 5)
    .map(({ rule }) => rule);
}
