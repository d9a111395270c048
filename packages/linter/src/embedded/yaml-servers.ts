import { type ReadBeside, serversOfCompose } from "./compose.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import type { InlineText } from "./inline-text.ts";
import { configMapsOf, serversOfKubernetes } from "./kubernetes.ts";
import { yamlDocuments } from "./yaml-tree.ts";

export interface YamlServers {
  readonly servers: readonly EmbeddedServer[];
  /** Texts in ConfigMaps, by the key under which they stand. */
  readonly texts: readonly { readonly key: string; readonly inline: InlineText }[];
}

/** The model servers of compose files and Kubernetes manifests, and the texts in its ConfigMaps. Never throws. */
export function serversOfYaml(text: string, read: ReadBeside): YamlServers {
  const documents = yamlDocuments(text);
  return {
    servers: [
      ...documents.flatMap((root) => serversOfCompose(root, text, read)),
      ...serversOfKubernetes(documents, text),
    ],
    texts: [...configMapsOf(documents, text).values()].flatMap((map) =>
      [...map].map(([key, inline]) => ({ key, inline })),
    ),
  };
}
