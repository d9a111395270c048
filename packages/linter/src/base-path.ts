import { compareVersions, type TfsVersion } from "@servable/server-flags";

const scheme = /^([a-zA-Z][0-9a-zA-Z.]*):\/\//;

/** Scheme of a URI as TensorFlow parses it (no `+` or `-` in it), as written; undefined for a path. */
export function schemeOf(path: string): string | undefined {
  return scheme.exec(path)?.[1];
}

/**
 * Whether the server takes the base path: it begins with `/`, or with a scheme and a host or an absolute path.
 * Source: tensorflow/serving `model_servers/server_core.cc` (UriIsRelativePath), TensorFlow `path.cc` (ParseURI).
 */
export function absoluteOrUri(path: string): boolean {
  return path.startsWith("/") || schemeOf(path) !== undefined;
}

/**
 * A path of this machine that a base path stands for: itself, or the path of a `file://` URI, whose host counts for
 * nothing. Source: TensorFlow `posix_file_system.h` (LocalPosixFileSystem::TranslateName).
 */
export function localPath(path: string): string | undefined {
  if (path.startsWith("file://")) return path.slice("file://".length).replace(/^[^/]*/, "");
  return schemeOf(path) === undefined ? path : undefined;
}

/** Whether the stock binary of that version can read the scheme: S3 and HDFS left it in 2.7. */
export function schemeSupported(name: string, version: TfsVersion): boolean {
  if (name === "file" || name === "gs" || name === "ram") return true;
  return (name === "s3" || name === "hdfs" || name === "viewfs") && compareVersions(version, "2.7.0-rc0") < 0;
}

/** Object stores, where each look at the folder is a paid request. */
export function isObjectStore(name: string): boolean {
  return name === "gs" || name === "s3";
}
