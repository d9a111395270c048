import { readableScheme } from "../start/gather.ts";
import type { StartContext } from "../start/start-context.ts";
import { accessOf, deciding, type StartModel, type StartVersion } from "../start/start-model.ts";
import type { ModelChange } from "./reload-context.ts";

const serving = (model: StartModel | undefined): StartVersion[] =>
  model === undefined ? [] : model.versions.filter((version) => deciding(version.problems) === undefined);

const numberOf = (version: StartVersion): string => String(version.directory.version);

/**
 * What each model does when the new list replaces the old one. Source: tensorflow/serving
 * `sources/storage_path/file_system_storage_path_source.cc`, `core/availability_preserving_policy.cc`; recorded reloads.
 */
export function compareModels(
  before: StartContext,
  after: StartContext,
  looksNoMore: boolean,
): ModelChange[] {
  const old = new Map(before.models.map((model) => [model.name, model]));
  const next = new Map(after.models.map((model) => [model.name, model]));
  const { flags } = after;
  // One path that cannot be listed ends the look at all of them.
  const blind =
    looksNoMore ||
    after.models.some((model) => accessOf(model) === "inaccessible" || !readableScheme(model, flags));
  const changes: ModelChange[] = [];
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const earlier = old.get(name);
    const later = next.get(name);
    const loaded = serving(earlier);
    if (later === undefined) {
      changes.push({
        name,
        before: earlier,
        after: later,
        loaded,
        loads: [],
        unloads: loaded,
        fails: [],
        waits: undefined,
      });
      continue;
    }
    const asked = blind ? [] : later.versions;
    const has = new Set(loaded.map(numberOf));
    const wanted = new Set(asked.map(numberOf));
    const coming = asked.filter((version) => !has.has(numberOf(version)));
    const loads = coming.filter((version) => deciding(version.problems) === undefined);
    const fails = coming.filter((version) => deciding(version.problems) !== undefined);
    // Old versions go when an asked one is there, or when none is asked for.
    const stays = loaded.filter((version) => wanted.has(numberOf(version)));
    const mayGo =
      !blind && (asked.length === 0 || loads.length > 0 || stays.length > 0) && accessOf(later) === "found";
    const unloads = mayGo ? loaded.filter((version) => !wanted.has(numberOf(version))) : [];
    changes.push({
      name,
      before: earlier,
      after: later,
      loaded,
      loads,
      unloads,
      fails,
      waits: earlier === undefined ? waitsFor(later, after, looksNoMore, blind) : undefined,
    });
  }
  return changes;
}

function waitsFor(
  model: StartModel,
  context: StartContext,
  looksNoMore: boolean,
  blind: boolean,
): ModelChange["waits"] {
  if (looksNoMore) return "polling";
  if (accessOf(model) === "inaccessible" || !readableScheme(model, context.flags) || blind) return "path";
  if (accessOf(model) === "found" && model.versions.length === 0) return "versions";
  return undefined;
}
