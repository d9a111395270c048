import { compileTemplate } from "./render.ts";

/** Every word is quoted for the shell already. */
export interface DockerRunView {
  readonly header: readonly string[];
  readonly summary: string;
  /** Whether a word is in single quotes. */
  readonly quoted: boolean;
  readonly folders: readonly { readonly name: string; readonly up: string }[];
  readonly mounts: readonly { readonly name: string; readonly source: string; readonly target: string }[];
  readonly lines: readonly string[];
}

/*
 * `$( )` drops trailing line breaks, hence the x; `pwd` without -P keeps the path that the caller sees; the values of
 * --mount are CSV records.
 */
const template = `#!/usr/bin/env bash
{{#each header}}
# {{this}}
{{/each}}
# {{summary}}
{{#if quoted}}
# Words in single quotes are meant literally.
# shellcheck disable=SC2016,SC2088,SC1003,SC1110,SC1111,SC1112
{{/if}}
set -euo pipefail
{{#if folders}}
unset CDPATH

# Paths follow this script: it works from any folder, and moves together with the folders around it.
script=\${BASH_SOURCE[0]:-$0}
case $script in
  */*) beside=\${script%/*}/ ;;
  *) beside=./ ;;
esac

# absolute FOLDER: sets REPLY to the absolute path of FOLDER, seen from this script.
absolute() {
  REPLY=$(cd -- "$beside$1" && pwd && printf x)
  REPLY=\${REPLY%$'\\nx'}
  REPLY=\${REPLY%/}
}
{{/if}}
{{#if mounts}}

# bind_mount SOURCE TARGET: sets REPLY to a read-only --mount, a CSV record whose fields may need quotes.
bind_mount() {
  local source="source=$1" quote='"'
  case $source in
    *[,\\"$'\\n\\r']*) source=$quote\${source//$quote/$quote$quote}$quote ;;
  esac
  REPLY="type=bind,$source,$2,readonly"
}
{{/if}}
{{#if folders}}

{{#each folders}}
absolute {{up}}
{{name}}=$REPLY
{{/each}}
{{/if}}
{{#if mounts}}
{{#each mounts}}
bind_mount {{source}} {{target}}
{{name}}=$REPLY
{{/each}}
{{/if}}

exec docker {{#each lines}}{{#unless @first}} \\
  {{/unless}}{{this}}{{/each}}
`;

export const renderDockerRun = compileTemplate<DockerRunView>(template);
