import { compileTemplate } from "./render.ts";

/** Every word is quoted for the shell already. */
export interface DockerBuildView {
  readonly header: readonly string[];
  readonly image: string;
  readonly steps: readonly { readonly comment: string; readonly lines: readonly string[] }[];
}

const template = `#!/usr/bin/env bash
{{#each header}}
# {{this}}
{{/each}}
# Builds {{image}} for the CPUs that the spec names. Give the same image to every host that has them.
set -euo pipefail
{{#each steps}}

# {{comment}}
docker {{#each lines}}{{#unless @first}} \\
  {{/unless}}{{this}}{{/each}}
{{/each}}
`;

export const renderDockerBuild = compileTemplate<DockerBuildView>(template);
