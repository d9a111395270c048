import * as z from "zod";

const INT32_MAX = 2_147_483_647;
const INT64_MAX = 9_223_372_036_854_775_807n;

/** Any text that UTF-8 and a C string can carry: an argument, an environment value, a path. */
export const text = z
  .string()
  .regex(/^[^\u0000\ud800-\udfff]*$/u, "must not hold a NUL character or half of a surrogate pair");

/** Text that is not empty. */
export const nonEmptyText = z
  .string()
  .regex(
    /^[^\u0000\ud800-\udfff]+$/u,
    "must not be empty, or hold a NUL character or half of a surrogate pair",
  );

/** A path on the host: absolute, or relative to the folder of the spec. */
export const hostPath = z
  .string()
  .regex(
    /^(?![\s\S]*\r\n)[^\u0000\ud800-\udfff]+$/u,
    "must not be empty, hold a NUL character, or a carriage return before a line feed (docker's --mount drops it)",
  );

/** A TCP port. */
export const port = z.int().min(1).max(65_535);

/** A positive number that the server keeps in 32 bits. */
export const positiveInt32 = z.int().min(1).max(INT32_MAX);

/** Zero or a positive number that the server keeps in 32 bits. */
export const nonNegativeInt32 = z.int().min(0).max(INT32_MAX);

/** A servable version: the number that names a version directory (int64; beyond 2^53 as decimal text). */
export const versionNumber = z
  .union([
    z.int().min(0),
    z
      .string()
      .regex(/^(0|[1-9][0-9]{0,18})$/, "must be a decimal number without leading zeros")
      .refine(
        (digits) => !/^[0-9]{1,19}$/.test(digits) || BigInt(digits) <= INT64_MAX,
        "must be at most 9223372036854775807",
      ),
  ])
  .describe("servable version: the number that names the version directory");

/** Name of an environment variable. */
export const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a shell variable name");

/** A Kubernetes object name (DNS label). */
export const kubernetesName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits and '-', at most 63",
  );

const reference =
  /^(?=.*[/:@])[a-zA-Z0-9][a-zA-Z0-9._-]*(:[0-9]+(?=\/))?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$/;

/** `name[:tag][@digest]` with a `/`, `:` or `@` in it. */
export const imageReference = z
  .string()
  .regex(reference, "must be an image reference such as registry/name:tag");

/** An image reference where `cpu` or `gpu` may stand too: those misspelt are not taken for an image. */
export const imageOrVariant = z
  .string()
  .regex(reference, "must be cpu, gpu, or an image reference such as registry/name:tag");
